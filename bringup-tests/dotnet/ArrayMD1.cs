// methods: ArrayMD1:Test ArrayMD1:Make
using System.Runtime.CompilerServices;

/// A two-dimensional array.
public static class ArrayMD1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int[,] Make(int rows, int columns)
    {
        int[,] a = new int[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                a[i, j] = i * 10 + j;
        return a;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int[,] a)
    {
        int sum = 0;
        for (int i = 0; i < a.GetLength(0); i++)
            for (int j = 0; j < a.GetLength(1); j++)
                sum += a[i, j];
        return sum;
    }

    public static int Main()
    {
        if (Test(Make(1, 1)) != 0) return 1;
        if (Test(Make(2, 3)) != 36) return 2;
        if (Test(Make(0, 5)) != 0) return 3;
        if (Make(3, 4)[2, 3] != 23) return 4;
        return 100;
    }
}
