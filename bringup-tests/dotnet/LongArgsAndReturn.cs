// methods: LongArgsAndReturn:Test
using System.Runtime.CompilerServices;

/// Arguments and result of 64 bits, more than there are registers.
public static class LongArgsAndReturn
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(long a, long b, long c, long d, long e, long f, long g, long h, long i)
    {
        return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9;
    }

    public static int Main()
    {
        if (Test(1, 1, 1, 1, 1, 1, 1, 1, 1) != 45L) return 1;
        if (Test(9, 8, 7, 6, 5, 4, 3, 2, 1) != 165L) return 2;
        if (Test(0, 0, 0, 0, 0, 0, 0, 0, long.MaxValue) != long.MaxValue - 8) return 3;
        return 100;
    }
}
