// methods: DblDist:Test
using System;
using System.Runtime.CompilerServices;

/// The distance of two points.
public static class DblDist
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x1, double y1, double x2, double y2)
    {
        double dx = x2 - x1;
        double dy = y2 - y1;
        return (double)Math.Sqrt(dx * dx + dy * dy);
    }

    public static int Main()
    {
        if (Test(0, 0, 3, 4) != 5) return 1;
        if (Test(1, 1, 1, 1) != 0) return 2;
        if (Test(-5, 0, 0, 12) != 13) return 3;
        return 100;
    }
}
