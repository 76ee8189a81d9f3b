// methods: FPArea:Test
using System.Runtime.CompilerServices;

/// The area of a circle.
public static class FPArea
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float r) { return 3.0f * r * r; }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(2) != 12) return 2;
        if (Test(-0.5f) != 0.75f) return 3;
        return 100;
    }
}
