// methods: FPConvI2F:FromInt FPConvI2F:FromLong FPConvI2F:FromUInt FPConvI2F:FromULong FPConvI2F:ToFloat
using System.Runtime.CompilerServices;

/// Integers to floats.
public static class FPConvI2F
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double FromInt(int x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double FromLong(long x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double FromUInt(uint x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double FromULong(ulong x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static float ToFloat(int x) { return x; }

    public static int Main()
    {
        if (FromInt(-5) != -5.0) return 1;
        if (FromInt(int.MinValue) != -2147483648.0) return 2;
        if (FromLong(long.MinValue) != -9223372036854775808.0) return 3;
        if (FromUInt(uint.MaxValue) != 4294967295.0) return 4;
        if (FromULong(ulong.MaxValue) != 18446744073709551616.0) return 5;
        if (FromULong(9223372036854775809) != 9223372036854775808.0) return 6;
        if (ToFloat(16777217) != 16777216f) return 7;
        return 100;
    }
}
