// methods: FPDiv:Test
using System.Runtime.CompilerServices;

/// Division.
public static class FPDiv
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return x / y; }

    public static int Main()
    {
        if (Test(7, 2) != 3.5f) return 1;
        if (Test(-1, 4) != -0.25f) return 2;
        if (Test(1, 0) != float.PositiveInfinity) return 3;
        if (Test(-1, 0) != -float.PositiveInfinity) return 4;
        return 100;
    }
}
