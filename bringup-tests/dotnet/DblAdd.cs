// methods: DblAdd:Test
using System.Runtime.CompilerServices;

/// Addition.
public static class DblAdd
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, double y) { return x + y; }

    public static int Main()
    {
        if (Test(1.5, 2.25) != 3.75) return 1;
        if (Test(-1, 1) != 0) return 2;
        if (Test(double.PositiveInfinity, 1) != double.PositiveInfinity) return 3;
        if (Test(0.5, -0.25) != 0.25) return 4;
        return 100;
    }
}
