// methods: StructPassReturnProgram:SwapInts StructPassReturnProgram:SwapLongs StructPassReturnProgram:Tagged StructPassReturnProgram:Next StructPassReturnProgram:Both StructPassReturnProgram:Chain
// stress: F
using System;
using System.Runtime.CompilerServices;

/// Structs of two fields by value, in and out: both in one register, one each, and one that is a reference.
public static class StructPassReturnProgram
{
    struct Ints
    {
        public int A;
        public int B;
    }

    struct Longs
    {
        public long A;
        public long B;
    }

    struct Mixed
    {
        public object Reference;
        public long Number;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Ints SwapInts(Ints pair)
    {
        Ints swapped;
        swapped.A = pair.B;
        swapped.B = pair.A;
        return swapped;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Longs SwapLongs(Longs pair)
    {
        Longs swapped;
        swapped.A = pair.B;
        swapped.B = pair.A;
        return swapped;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Mixed Tagged(object reference, long number)
    {
        Mixed mixed;
        mixed.Reference = reference;
        mixed.Number = number;
        return mixed;
    }

    // The reference inside the struct is live across a call that collects.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Mixed Next(Mixed mixed)
    {
        Collect();
        Mixed next;
        next.Reference = mixed.Reference;
        next.Number = mixed.Number + 1;
        return next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Both(Ints ints, Longs longs, int factor)
    {
        return (ints.A - ints.B) * (long)factor + longs.A - longs.B;
    }

    // A struct result handed on as a struct argument.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Longs Chain(Longs pair, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pair = SwapLongs(pair);
            pair.A = pair.A + 1;
        }
        return pair;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Collect() { GC.Collect(); }

    public static int Main()
    {
        long[] values = { 0, 1, -1, int.MaxValue, int.MinValue, 0x123456789AB, long.MaxValue, long.MinValue };
        foreach (long a in values)
        {
            foreach (long b in values)
            {
                Ints ints;
                ints.A = (int)a;
                ints.B = (int)b;
                Ints swappedInts = SwapInts(ints);
                if (swappedInts.A != (int)b || swappedInts.B != (int)a) return 1;

                Longs longs;
                longs.A = a;
                longs.B = b;
                Longs swappedLongs = SwapLongs(longs);
                if (swappedLongs.A != b || swappedLongs.B != a) return 2;

                int difference = (int)a - (int)b;
                if (Both(ints, longs, 3) != difference * 3L + a - b) return 3;

                Longs chained = Chain(longs, 5);
                if (chained.A != b + 3 || chained.B != a + 2) return 4;
            }
        }
        for (long i = 0; i < 20; i++)
        {
            string text = new string('x', (int)i + 1);
            Mixed mixed = Tagged(text, i << 40);
            if (!ReferenceEquals(mixed.Reference, text) || mixed.Number != i << 40) return 5;
            for (int k = 0; k < 3; k++) mixed = Next(mixed);
            if (!ReferenceEquals(mixed.Reference, text) || mixed.Number != (i << 40) + 3) return 6;
            if (text.Length != i + 1) return 7;
        }
        if (Tagged(null, 9).Reference != null) return 8;
        return 100;
    }
}
