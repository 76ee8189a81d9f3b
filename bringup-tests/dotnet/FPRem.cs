// methods: FPRem:Test
using System.Runtime.CompilerServices;

/// The remainder.
public static class FPRem
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x, float y) { return x % y; }

    public static int Main()
    {
        if (!(Test(7.5f, 2) == 1.5f)) return 1;
        if (!(Test(-7.5f, 2) == -1.5f)) return 2;
        if (!(Test(7.5f, -2) == 1.5f)) return 3;
        if (!(float.IsNaN(Test(1, 0)))) return 4;
        if (!(Test(5, float.PositiveInfinity) == 5)) return 5;
        return 100;
    }
}
