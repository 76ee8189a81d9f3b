// methods: FPDivConst:Test
using System.Runtime.CompilerServices;

/// Division by a constant.
public static class FPDivConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x) { return x / 4; }

    public static int Main()
    {
        if (Test(2) != 0.5f) return 1;
        if (Test(-1) != -0.25f) return 2;
        if (Test(float.PositiveInfinity) != float.PositiveInfinity) return 3;
        return 100;
    }
}
