// methods: FPConvF2Lng:Test FPConvF2Lng:Checked
using System;
using System.Runtime.CompilerServices;

/// Floats of 32 bits to 64-bit integers.
public static class FPConvF2Lng
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(float x) { return (long)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Checked(float x)
    {
        try
        {
            return checked((long)x);
        }
        catch (OverflowException)
        {
            return -7;
        }
    }

    public static int Main()
    {
        if (Test(1.9f) != 1L) return 1;
        if (Test(-1e10f) != -10000000000L) return 2;
        if (Test(-9223372036854775808f) != long.MinValue) return 3;
        if (Checked(1e30f) != -7L) return 4;
        if (Checked(-5.5f) != -5L) return 5;
        return 100;
    }
}
