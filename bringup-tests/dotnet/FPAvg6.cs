// methods: FPAvg6:Test
using System.Runtime.CompilerServices;

/// The mean of six.
public static class FPAvg6
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float a, float b, float c, float d, float e, float f) { return (a + b + c + d + e + f) / 6; }

    public static int Main()
    {
        if (Test(1, 2, 3, 4, 5, 6) != 3.5f) return 1;
        if (Test(-6, 0, 0, 0, 0, 0) != -1) return 2;
        return 100;
    }
}
