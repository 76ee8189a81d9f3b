// methods: FPAvg2:Test
using System.Runtime.CompilerServices;

/// The mean of two.
public static class FPAvg2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return (x + y) / 2; }

    public static int Main()
    {
        if (Test(1, 2) != 1.5f) return 1;
        if (Test(-1, 1) != 0) return 2;
        return 100;
    }
}
