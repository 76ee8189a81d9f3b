// methods: AddProgram:AddInt AddProgram:AddLong AddProgram:AddMixed
using System;
using System.Runtime.CompilerServices;

/// Two's complement addition of both widths, and a sign extension between them.
public static class AddProgram
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int AddInt(int a, int b) { return a + b; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long AddLong(long a, long b) { return a + b; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long AddMixed(int a, long b) { return a + b; }

    // The expected sums come from bits, not from '+'.
    static ulong SumByBits(ulong a, ulong b)
    {
        while (b != 0)
        {
            ulong carry = (a & b) << 1;
            a ^= b;
            b = carry;
        }
        return a;
    }

    public static int Main()
    {
        long[] values =
        {
            0, 1, -1, 2, -2, 100, 127, 128, -128, 255, 256, 32767, 32768, -32768, 65535, 65536,
            int.MaxValue, int.MinValue, (long)int.MaxValue + 1, uint.MaxValue, (long)uint.MaxValue + 1,
            0x123456789ABCDEF, -0x123456789ABCDEF, long.MaxValue, long.MinValue,
        };
        foreach (long a in values)
        {
            foreach (long b in values)
            {
                ulong sum = SumByBits((ulong)a, (ulong)b);
                if (AddLong(a, b) != (long)sum) return 1;
                if (AddInt((int)a, (int)b) != (int)(uint)sum) return 2;
                if (AddMixed((int)a, b) != (long)SumByBits((ulong)(long)(int)a, (ulong)b)) return 3;
            }
        }
        return 100;
    }
}
