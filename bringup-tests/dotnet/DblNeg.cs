// methods: DblNeg:Test
using System.Runtime.CompilerServices;

/// Negation, of zero too.
public static class DblNeg
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return -x; }

    public static int Main()
    {
        if (!(Test(1.5) == -1.5)) return 1;
        if (!(1 / Test(0) < 0)) return 2;
        if (!(1 / Test(-0.0) > 0)) return 3;
        if (!(double.IsNaN(Test(double.NaN)))) return 4;
        if (!(Test(double.PositiveInfinity) == -double.PositiveInfinity)) return 5;
        return 100;
    }
}
