// methods: DblFillArray:Test
using System.Runtime.CompilerServices;

/// An array is filled.
public static class DblFillArray
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(double[] a, double v)
    {
        for (int i = 0; i < a.Length; i++) a[i] = v + i;
    }

    public static int Main()
    {
        double[] a = new double[5];
        Test(a, 1.5);
        if (a[0] != 1.5) return 1;
        if (a[1] != 2.5) return 2;
        if (a[4] != 5.5) return 3;
        return 100;
    }
}
