// methods: Shift:Test
using System.Runtime.CompilerServices;

/// Shifts of both widths and signs.
public static class Shift
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(long x, int n) { return (x << n) ^ (x >> n) ^ (long)((ulong)x >> n); }

    public static int Main()
    {
        if (Test(0x10, 2) != 0x40L) return 1;
        if (Test(-1, 63) != long.MaxValue - 1) return 2;
        if (Test(1, 64) != 1L) return 3;
        if (Test(long.MinValue, 1) != long.MinValue) return 4;
        return 100;
    }
}
