// methods: DblSub:Test
using System.Runtime.CompilerServices;

/// Subtraction.
public static class DblSub
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, double y) { return x - y; }

    public static int Main()
    {
        if (Test(1.5, 2.25) != -0.75) return 1;
        if (Test(1, 1) != 0) return 2;
        if (Test(-1, double.PositiveInfinity) != -double.PositiveInfinity) return 3;
        return 100;
    }
}
