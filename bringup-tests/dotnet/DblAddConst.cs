// methods: DblAddConst:Test
using System.Runtime.CompilerServices;

/// Addition of a constant.
public static class DblAddConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return x + 1; }

    public static int Main()
    {
        if (Test(0) != 1) return 1;
        if (Test(-1.5) != -0.5) return 2;
        if (Test(double.PositiveInfinity) != double.PositiveInfinity) return 3;
        return 100;
    }
}
