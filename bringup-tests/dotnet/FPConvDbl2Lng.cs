// methods: FPConvDbl2Lng:Test FPConvDbl2Lng:Unsigned
using System.Runtime.CompilerServices;

/// Floats to 64-bit integers: corners saturate.
public static class FPConvDbl2Lng
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(double x) { return (long)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong Unsigned(double x) { return (ulong)x; }

    public static int Main()
    {
        if (Test(1.9) != 1L) return 1;
        if (Test(-1.9) != -1L) return 2;
        if (Test(4503599627370496.5) != 4503599627370496L) return 3;
        if (Test(-9223372036854775808.0) != long.MinValue) return 4;
        if (Unsigned(1.9) != 1ul) return 5;
        if (Unsigned(9223372036854775808.0) != 9223372036854775808ul) return 6;
        if (Unsigned(18446744073709549568.0) != 18446744073709549568ul) return 7;
        return 100;
    }
}
