// methods: Array3:Test
using System.Runtime.CompilerServices;

/// A new array, filled and read.
public static class Array3
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        int[] a = new int[n];
        for (int i = 0; i < a.Length; i++) a[i] = i * i;
        int sum = 0;
        for (int i = a.Length - 1; i >= 0; i--) sum += a[i];
        return sum + a.Length;
    }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(4) != 18) return 3;
        if (Test(100) != 328450) return 4;
        return 100;
    }
}
