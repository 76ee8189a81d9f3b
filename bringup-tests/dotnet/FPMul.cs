// methods: FPMul:Test
using System.Runtime.CompilerServices;

/// Multiplication.
public static class FPMul
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return x * y; }

    public static int Main()
    {
        if (Test(1.5f, 2) != 3) return 1;
        if (Test(-0.5f, 0.5f) != -0.25f) return 2;
        if (Test(0, -5) != 0) return 3;
        if (Test(float.PositiveInfinity, -2) != -float.PositiveInfinity) return 4;
        return 100;
    }
}
