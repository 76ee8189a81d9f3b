// methods: DblMul:Test
using System.Runtime.CompilerServices;

/// Multiplication.
public static class DblMul
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, double y) { return x * y; }

    public static int Main()
    {
        if (Test(1.5, 2) != 3) return 1;
        if (Test(-0.5, 0.5) != -0.25) return 2;
        if (Test(0, -5) != 0) return 3;
        if (Test(double.PositiveInfinity, -2) != -double.PositiveInfinity) return 4;
        return 100;
    }
}
