// methods: DblDivConst:Test
using System.Runtime.CompilerServices;

/// Division by a constant.
public static class DblDivConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return x / 4; }

    public static int Main()
    {
        if (Test(2) != 0.5) return 1;
        if (Test(-1) != -0.25) return 2;
        if (Test(double.PositiveInfinity) != double.PositiveInfinity) return 3;
        return 100;
    }
}
