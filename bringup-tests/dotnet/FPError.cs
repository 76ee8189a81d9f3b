// methods: FPError:Test
using System.Runtime.CompilerServices;

/// A residual that rounding leaves.
public static class FPError
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float a, float b)
    {
        float sum = a + b;
        float rest = sum - a;
        return b - rest;
    }

    public static int Main()
    {
        if (Test(1, 2) != 0) return 1;
        if (Test(16777216, 1) != 1) return 2;
        if (Test(0.5f, 0.25f) != 0) return 3;
        return 100;
    }
}
