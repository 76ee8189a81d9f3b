// methods: LngConv:ToInt LngConv:ToUInt LngConv:Checked LngConv:CheckedByte LngConv:Unsigned
using System;
using System.Runtime.CompilerServices;

/// Conversions of 64-bit integers, checked ones too.
public static class LngConv
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ToInt(long x) { return (int)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint ToUInt(long x) { return (uint)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Checked(long x)
    {
        try
        {
            return checked((int)x);
        }
        catch (OverflowException)
        {
            return 77;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int CheckedByte(long x)
    {
        try
        {
            return checked((byte)x);
        }
        catch (OverflowException)
        {
            return -1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong Unsigned(long x)
    {
        try
        {
            return checked((ulong)x);
        }
        catch (OverflowException)
        {
            return 1;
        }
    }

    public static int Main()
    {
        if (ToInt(0x1ffffffff) != -1) return 1;
        if (ToUInt(-1) != uint.MaxValue) return 2;
        if (Checked(int.MinValue) != int.MinValue) return 3;
        if (Checked(2147483648) != 77) return 4;
        if (Checked(-2147483649) != 77) return 5;
        if (CheckedByte(255) != 255) return 6;
        if (CheckedByte(256) != -1) return 7;
        if (CheckedByte(-1) != -1) return 8;
        if (Unsigned(long.MaxValue) != (ulong)long.MaxValue) return 9;
        if (Unsigned(-1) != 1ul) return 10;
        return 100;
    }
}
