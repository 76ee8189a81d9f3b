// methods: Rotate:Left Rotate:Right Rotate:Left64 Rotate:Constant
using System.Runtime.CompilerServices;

/// Rotations of both widths by variables and constants.
public static class Rotate
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint Left(uint x, int n) { return (x << n) | (x >> (32 - n)); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint Right(uint x, int n) { return (x >> n) | (x << (32 - n)); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong Left64(ulong x, int n) { return (x << n) | (x >> (64 - n)); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong Constant(ulong x) { return (x >> 20) | (x << 44); }

    public static int Main()
    {
        if (Left(0x80000001, 1) != 3u) return 1;
        if (Left(0x12345678, 0) != 0x12345678u) return 2;
        if (Right(0x80000001, 4) != 0x18000000u) return 3;
        if (Left64(0x8000000000000001, 8) != 0x180ul) return 4;
        if (Constant(0x123456789abcdef0) != 0xcdef0123456789abul) return 5;
        return 100;
    }
}
