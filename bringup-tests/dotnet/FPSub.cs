// methods: FPSub:Test
using System.Runtime.CompilerServices;

/// Subtraction.
public static class FPSub
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return x - y; }

    public static int Main()
    {
        if (Test(1.5f, 2.25f) != -0.75f) return 1;
        if (Test(1, 1) != 0) return 2;
        if (Test(-1, float.PositiveInfinity) != -float.PositiveInfinity) return 3;
        return 100;
    }
}
