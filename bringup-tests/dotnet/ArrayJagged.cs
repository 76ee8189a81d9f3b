// methods: ArrayJagged:Test
using System.Runtime.CompilerServices;

/// Arrays of arrays.
public static class ArrayJagged
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int[][] a)
    {
        int sum = 0;
        for (int i = 0; i < a.Length; i++)
            for (int j = 0; j < a[i].Length; j++)
                sum += a[i][j] * (i + 1);
        a[0] = new int[] { sum };
        return sum;
    }

    public static int Main()
    {
        int[][] a = { new[] { 1, 2 }, new[] { 3 }, new int[0], new[] { 3 } };
        if (Test(a) != 1 + 2 + 6 + 12) return 1;
        if (a[0][0] != 21) return 2;
        if (a[0].Length != 1) return 3;
        return 100;
    }
}
