// methods: SumArrayProgram:SumInts SumArrayProgram:SumLongs SumArrayProgram:Fill SumArrayProgram:At
using System;
using System.Runtime.CompilerServices;

/// Loops over arrays: length, bounds check, element load and store; and the check that fails.
public static class SumArrayProgram
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int SumInts(int[] values)
    {
        int sum = 0;
        for (int i = 0; i < values.Length; i++) sum += values[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long SumLongs(long[] values, int from, int to)
    {
        long sum = 0;
        for (int i = from; i < to; i++) sum += values[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Fill(int[] values, int first, int step)
    {
        for (int i = 0; i < values.Length; i++) values[i] = first + i * step;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int At(int[] values, int index) { return values[index]; }

    static bool OutOfRange(int[] values, int index)
    {
        try
        {
            At(values, index);
            return false;
        }
        catch (IndexOutOfRangeException)
        {
            return true;
        }
    }

    public static int Main()
    {
        for (int n = 0; n < 200; n++)
        {
            int[] ints = new int[n];
            Fill(ints, 7, 3);
            // n terms from 7 in steps of 3.
            if (SumInts(ints) != 7 * n + 3 * (n * (n - 1) / 2)) return 1;
            for (int i = 0; i < n; i++)
                if (At(ints, i) != 7 + 3 * i) return 2;
            if (!OutOfRange(ints, n) || !OutOfRange(ints, -1)) return 3;
            if (!OutOfRange(ints, int.MaxValue) || !OutOfRange(ints, int.MinValue)) return 4;

            long[] longs = new long[n];
            for (int i = 0; i < n; i++) longs[i] = (long)i << 33;
            for (int from = 0; from <= n; from += 13)
            {
                long terms = n - from;
                if (SumLongs(longs, from, n) != ((terms * (from + n - 1) / 2) << 33)) return 5;
            }
        }
        int[] wrapping = { int.MaxValue, 1, int.MinValue, -1, 5 };
        if (SumInts(wrapping) != 4) return 6;
        try
        {
            SumLongs(new long[3], 0, 4);
            return 7;
        }
        catch (IndexOutOfRangeException)
        {
        }
        return 100;
    }
}
