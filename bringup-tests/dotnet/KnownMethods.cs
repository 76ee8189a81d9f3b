// methods: KnownMethods:Chars KnownMethods:Swap KnownMethods:Count KnownMethods:Bits KnownMethods:Edges KnownMethods:Copy KnownMethods:Sum
using System;
using System.Runtime.CompilerServices;
using System.Threading;

/// Methods whose meaning the compiler knows: characters of strings, atomic operations, bits of floats, edges of minimum and maximum.
public static class KnownMethods
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Chars(string s, int i)
    {
        try
        {
            return s[i] * 100 + s.Length;
        }
        catch (IndexOutOfRangeException)
        {
            return -1;
        }
        catch (NullReferenceException)
        {
            return -2;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Swap(ref int a, ref long b)
    {
        int before = Interlocked.Exchange(ref a, 7);
        long other = Interlocked.CompareExchange(ref b, 50, 5);
        long not = Interlocked.CompareExchange(ref b, 60, 6);
        Interlocked.MemoryBarrier();
        return before * 10000 + other * 100 + not;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Count(ref int a, ref long b)
    {
        int x = Interlocked.Increment(ref a) + Interlocked.Decrement(ref a);
        return Interlocked.Add(ref b, x) + Interlocked.Increment(ref b) * 1000;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Bits(double x) { return BitConverter.DoubleToInt64Bits(x) ^ BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(5)); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Edges(double a, double b, bool least) { return least ? Math.Min(a, b) : Math.Max(a, b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Copy(string s)
    {
        char[] all = new char[s.Length];
        for (int i = 0; i < s.Length; i++) all[s.Length - 1 - i] = s[i];
        return new string(all);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Sum(float x) { return MathOf(x) + (float)Math.Abs((double)-x); }

    static float MathOf(float x) { return (float)Math.Sqrt(x); }

    public static int Main()
    {
        if (Chars("abc", 0) != 9703 || Chars("abc", 2) != 9903 || Chars("\uffff", 0) != 6553501) return 1;
        if (Chars("abc", 3) != -1 || Chars("abc", -1) != -1 || Chars("", 0) != -1 || Chars(null, 0) != -2) return 2;
        int a = 3;
        long b = 5;
        if (Swap(ref a, ref b) != 30000 + 500 + 50 || a != 7 || b != 50) return 3;
        if (Count(ref a, ref b) != 50 + 15 + 66000 || a != 7 || b != 66) return 4;
        if (Bits(1.5) != (0x3ff8000000000000 ^ 5) || Bits(0) != 5) return 5;
        if (Edges(1, 2, true) != 1 || Edges(1, 2, false) != 2 || 1 / Edges(0, -0.0, true) > 0 || 1 / Edges(-0.0, 0, false) < 0) return 6;
        if (!double.IsNaN(Edges(double.NaN, 1, true)) || !double.IsNaN(Edges(1, double.NaN, false))) return 7;
        if (Copy("stressed") != "desserts" || Copy("") != "") return 8;
        if (Sum(4) != 6) return 9;
        return 100;
    }
}
