// methods: JTrueNeDbl:Test
using System.Runtime.CompilerServices;

/// A branch on a comparison.
public static class JTrueNeDbl
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(double x, double y)
    {
        if (x != y) return 1;
        return -1;
    }

    public static int Main()
    {
        if (Test(5.5, 5.5) != -1) return 1;
        if (Test(-1.5, 1.5) != 1) return 2;
        if (Test(1.5, -1.5) != 1) return 3;
        if (Test(-double.PositiveInfinity, double.PositiveInfinity) != 1) return 4;
        if (Test(double.NaN, double.NaN) != 1) return 5;
        if (Test(double.NaN, 0) != 1) return 6;
        if (Test(0, double.NaN) != 1) return 7;
        if (Test(0, -0.0) != -1) return 8;
        return 100;
    }
}
