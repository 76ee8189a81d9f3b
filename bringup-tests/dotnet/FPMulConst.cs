// methods: FPMulConst:Test
using System.Runtime.CompilerServices;

/// Multiplication by a constant.
public static class FPMulConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x) { return x * 3.5f; }

    public static int Main()
    {
        if (Test(2) != 7) return 1;
        if (Test(-1) != -3.5f) return 2;
        if (Test(0) != 0) return 3;
        return 100;
    }
}
