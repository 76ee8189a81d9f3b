// methods: DblDiv:Test
using System.Runtime.CompilerServices;

/// Division.
public static class DblDiv
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, double y) { return x / y; }

    public static int Main()
    {
        if (Test(7, 2) != 3.5) return 1;
        if (Test(-1, 4) != -0.25) return 2;
        if (Test(1, 0) != double.PositiveInfinity) return 3;
        if (Test(-1, 0) != -double.PositiveInfinity) return 4;
        return 100;
    }
}
