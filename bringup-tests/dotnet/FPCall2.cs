// methods: FPCall2:Test
using System.Runtime.CompilerServices;

/// Calls with floats and integers mixed.
public static class FPCall2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Mix(int a, float x, long b, float y, int c) { return a + x * b - y * c; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, int a) { return Mix(a, x, 2, x + 1, a + 1) + Mix(1, 1, 1, 1, 1); }

    public static int Main()
    {
        if (Test(0, 0) != 0) return 1;
        if (Test(1.5f, 2) != -1.5f) return 2;
        if (Test(-1, 3) != 2) return 3;
        return 100;
    }
}
