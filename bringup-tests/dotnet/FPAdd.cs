// methods: FPAdd:Test
using System.Runtime.CompilerServices;

/// Addition.
public static class FPAdd
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return x + y; }

    public static int Main()
    {
        if (Test(1.5f, 2.25f) != 3.75f) return 1;
        if (Test(-1, 1) != 0) return 2;
        if (Test(float.PositiveInfinity, 1) != float.PositiveInfinity) return 3;
        if (Test(0.5f, -0.25f) != 0.25f) return 4;
        return 100;
    }
}
