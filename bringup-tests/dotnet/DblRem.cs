// methods: DblRem:Test
using System.Runtime.CompilerServices;

/// The remainder.
public static class DblRem
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, double y) { return x % y; }

    public static int Main()
    {
        if (!(Test(7.5, 2) == 1.5)) return 1;
        if (!(Test(-7.5, 2) == -1.5)) return 2;
        if (!(Test(7.5, -2) == 1.5)) return 3;
        if (!(double.IsNaN(Test(1, 0)))) return 4;
        if (!(Test(5, double.PositiveInfinity) == 5)) return 5;
        return 100;
    }
}
