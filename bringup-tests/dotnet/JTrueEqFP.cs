// methods: JTrueEqFP:Test
using System.Runtime.CompilerServices;

/// A branch on a comparison.
public static class JTrueEqFP
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(float x, float y)
    {
        if (x == y) return 1;
        return -1;
    }

    public static int Main()
    {
        if (Test(5.5f, 5.5f) != 1) return 1;
        if (Test(-1.5f, 1.5f) != -1) return 2;
        if (Test(1.5f, -1.5f) != -1) return 3;
        if (Test(-float.PositiveInfinity, float.PositiveInfinity) != -1) return 4;
        if (Test(float.NaN, float.NaN) != -1) return 5;
        if (Test(float.NaN, 0) != -1) return 6;
        if (Test(0, float.NaN) != -1) return 7;
        if (Test(0, -0.0f) != 1) return 8;
        return 100;
    }
}
