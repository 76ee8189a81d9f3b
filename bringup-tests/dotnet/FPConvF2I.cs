// methods: FPConvF2I:Test FPConvF2I:FromDouble FPConvF2I:Unsigned FPConvF2I:Small FPConvF2I:Checked
using System;
using System.Runtime.CompilerServices;

/// Floats to 32-bit integers.
public static class FPConvF2I
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(float x) { return (int)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int FromDouble(double x) { return (int)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint Unsigned(double x) { return (uint)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Small(float x) { return (sbyte)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Checked(double x)
    {
        try
        {
            return checked((int)x);
        }
        catch (OverflowException)
        {
            return -7;
        }
    }

    public static int Main()
    {
        if (Test(1.9f) != 1) return 1;
        if (Test(-1.9f) != -1) return 2;
        if (Test(-2147483648f) != int.MinValue) return 3;
        if (FromDouble(2147483647.5) != int.MaxValue) return 4;
        if (Unsigned(4294967295.0) != uint.MaxValue) return 5;
        if (Small(-128.5f) != -128) return 6;
        if (Checked(2147483648.0) != -7) return 7;
        if (Checked(-2147483648.9) != int.MinValue) return 8;
        if (Checked(double.NaN) != -7) return 9;
        return 100;
    }
}
