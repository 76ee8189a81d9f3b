// methods: CheckedMath:Sums CheckedMath:Products CheckedMath:Narrow CheckedMath:FromFloat CheckedMath:Unsigned CheckedMath:Divide
using System;
using System.Runtime.CompilerServices;

/// Checked arithmetic and conversions: results, and exceptions at the edges.
public static class CheckedMath
{
    const string Over = "over";

    static string Try<T>(Func<T> f)
    {
        try
        {
            return f().ToString();
        }
        catch (OverflowException)
        {
            return Over;
        }
        catch (DivideByZeroException)
        {
            return "zero";
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Sums(int a, int b, bool minus) { return checked(minus ? a - b : a + b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Products(long a, long b) { return checked(a * b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Narrow(long x, int kind)
    {
        checked
        {
            switch (kind)
            {
                case 0: return (sbyte)x;
                case 1: return (byte)x;
                case 2: return (short)x;
                case 3: return (ushort)x;
                case 4: return (int)x;
                case 5: return (uint)x;
                case 6: return (long)(ulong)x;
                default: return (char)x;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long FromFloat(double x, int kind)
    {
        checked
        {
            switch (kind)
            {
                case 0: return (sbyte)x;
                case 1: return (byte)x;
                case 2: return (short)x;
                case 3: return (ushort)x;
                case 4: return (int)x;
                case 5: return (uint)x;
                case 6: return (long)x;
                default: return (long)((ulong)x >> 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static ulong Unsigned(ulong a, ulong b, int kind) { return checked(kind == 0 ? a + b : kind == 1 ? a - b : a * b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Divide(int a, int b, bool rest) { return rest ? a % b : a / b; }

    public static int Main()
    {
        if (Try(() => Sums(int.MaxValue, 1, false)) != Over || Try(() => Sums(int.MaxValue, -1, false)) != "2147483646") return 1;
        if (Try(() => Sums(int.MinValue, 1, true)) != Over || Try(() => Sums(0, int.MinValue, true)) != Over) return 2;
        if (Try(() => Products(long.MaxValue, 2)) != Over || Try(() => Products(long.MinValue, -1)) != Over) return 3;
        if (Products(-3037000499, 3037000499) != -9223372030926249001) return 4;
        long[] lows = { -128, 0, -32768, 0, int.MinValue, 0, 0, 0 };
        long[] highs = { 127, 255, 32767, 65535, int.MaxValue, uint.MaxValue, long.MaxValue, 65535 };
        for (int k = 0; k < 8; k++)
        {
            int kind = k;
            if (Narrow(lows[k], k) != lows[k] || Narrow(highs[k], k) != highs[k]) return 10 + k;
            if (Try(() => Narrow(lows[kind] - 1, kind)) != Over) return 20 + k;
            if (k != 6 && Try(() => Narrow(highs[kind] + 1, kind)) != Over) return 30 + k;
            if (k > 5) continue;
            if (FromFloat(lows[k] - 0.5, k) != lows[k] || FromFloat(highs[k] + 0.5, k) != highs[k]) return 40 + k;
            if (Try(() => FromFloat(lows[kind] - 1.0, kind)) != Over) return 50 + k;
            if (Try(() => FromFloat(highs[kind] + 1.0, kind)) != Over) return 60 + k;
            if (Try(() => FromFloat(double.NaN, kind)) != Over) return 70 + k;
        }
        if (Try(() => FromFloat(9223372036854775808.0, 6)) != Over || FromFloat(-9223372036854775808.0, 6) != long.MinValue) return 80;
        if (FromFloat(9223372036854775808.0, 7) != 1L << 62 || Try(() => FromFloat(18446744073709551616.0, 7)) != Over) return 81;
        if (Try(() => Unsigned(ulong.MaxValue, 1, 0)) != Over || Try(() => Unsigned(0, 1, 1)) != Over) return 82;
        if (Try(() => Unsigned(1UL << 32, 1UL << 32, 2)) != Over || Unsigned(1UL << 32, 1UL << 31, 2) != 1UL << 63) return 83;
        if (Try(() => Divide(1, 0, false)) != "zero" || Try(() => Divide(1, 0, true)) != "zero") return 84;
        if (Try(() => Divide(int.MinValue, -1, false)) != Over || Divide(-7, 2, true) != -1) return 85;
        return 100;
    }
}
