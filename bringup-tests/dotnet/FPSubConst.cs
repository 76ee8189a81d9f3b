// methods: FPSubConst:Test
using System.Runtime.CompilerServices;

/// Subtraction of a constant.
public static class FPSubConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x) { return x - 1; }

    public static int Main()
    {
        if (Test(0) != -1) return 1;
        if (Test(1.5f) != 0.5f) return 2;
        if (Test(-float.PositiveInfinity) != -float.PositiveInfinity) return 3;
        return 100;
    }
}
