// methods: IntConv:ToByte IntConv:ToSByte IntConv:ToShort IntConv:ToUShort IntConv:ToLong IntConv:ToULong IntConv:ToInt
using System.Runtime.CompilerServices;

/// Conversions between integer types.
public static class IntConv
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static byte ToByte(int x) { return (byte)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static sbyte ToSByte(int x) { return (sbyte)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static short ToShort(int x) { return (short)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ushort ToUShort(int x) { return (ushort)x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long ToLong(int x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong ToULong(uint x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ToInt(sbyte x) { return x; }

    public static int Main()
    {
        if ((int)ToByte(-1) != 255) return 1;
        if ((int)ToByte(256) != 0) return 2;
        if ((int)ToSByte(255) != -1) return 3;
        if ((int)ToSByte(127) != 127) return 4;
        if ((int)ToShort(65535) != -1) return 5;
        if ((int)ToShort(-32769) != 32767) return 6;
        if ((int)ToUShort(-1) != 65535) return 7;
        if (ToLong(-1) != -1L) return 8;
        if (ToULong(uint.MaxValue) != 4294967295ul) return 9;
        if (ToInt(-128) != -128) return 10;
        return 100;
    }
}
