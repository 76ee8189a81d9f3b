// methods: FPDist:Test
using System;
using System.Runtime.CompilerServices;

/// The distance of two points.
public static class FPDist
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x1, float y1, float x2, float y2)
    {
        float dx = x2 - x1;
        float dy = y2 - y1;
        return (float)Math.Sqrt(dx * dx + dy * dy);
    }

    public static int Main()
    {
        if (Test(0, 0, 3, 4) != 5) return 1;
        if (Test(1, 1, 1, 1) != 0) return 2;
        if (Test(-5, 0, 0, 12) != 13) return 3;
        return 100;
    }
}
