// methods: FPConvF2F:Widen FPConvF2F:Narrow
using System.Runtime.CompilerServices;

/// Between the two widths of floats.
public static class FPConvF2F
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Widen(float x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Narrow(double x) { return (float)x; }

    public static int Main()
    {
        if (Widen(1.5f) != 1.5) return 1;
        if (Widen(float.MaxValue) != 3.4028234663852886E+38) return 2;
        if (Narrow(-2.5) != -2.5f) return 3;
        if (Narrow(1e300) != float.PositiveInfinity) return 4;
        if (Narrow(1e-300) != 0f) return 5;
        if (Narrow(16777217.0) != 16777216f) return 6;
        return 100;
    }
}
