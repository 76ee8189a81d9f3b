// methods: FPNeg:Test
using System.Runtime.CompilerServices;

/// Negation, of zero too.
public static class FPNeg
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float x) { return -x; }

    public static int Main()
    {
        if (!(Test(1.5f) == -1.5f)) return 1;
        if (!(1 / Test(0) < 0)) return 2;
        if (!(1 / Test(-0.0f) > 0)) return 3;
        if (!(float.IsNaN(Test(float.NaN)))) return 4;
        if (!(Test(float.PositiveInfinity) == -float.PositiveInfinity)) return 5;
        return 100;
    }
}
