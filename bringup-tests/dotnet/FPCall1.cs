// methods: FPCall1:Test
using System.Runtime.CompilerServices;

/// A call with a float.
public static class FPCall1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Half(float x) { return x / 2; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x) { return Half(x) + x; }

    public static int Main()
    {
        if (Test(1) != 1.5f) return 1;
        if (Test(-4) != -6) return 2;
        return 100;
    }
}
