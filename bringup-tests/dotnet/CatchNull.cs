// methods: CatchNullProgram:ReadOr CatchNullProgram:WriteOr CatchNullProgram:Read CatchNullProgram:LengthOr
using System;
using System.Runtime.CompilerServices;

/// A null reference used: the fault becomes an exception, caught in the same method and in a caller.
public static class CatchNullProgram
{
    sealed class Box
    {
        public int Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ReadOr(Box box, int otherwise)
    {
        try
        {
            return box.Value;
        }
        catch (NullReferenceException)
        {
            return otherwise;
        }
    }

    // What was computed before the fault is seen after it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int WriteOr(Box box, int value)
    {
        int seen = value + 1;
        try
        {
            seen = value * 2;
            box.Value = value;
            seen = value * 3;
        }
        catch (NullReferenceException)
        {
            seen = -seen;
        }
        return seen;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Read(Box box) { return box.Value; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int LengthOr(int[] values, int otherwise)
    {
        try
        {
            return values.Length;
        }
        catch (NullReferenceException)
        {
            return otherwise;
        }
    }

    public static int Main()
    {
        for (int i = -50; i < 50; i++)
        {
            Box box = new Box();
            box.Value = i * 3;
            if (ReadOr(box, -1000) != i * 3) return 1;
            if (ReadOr(null, i) != i) return 2;
            if (WriteOr(box, i) != i * 3 || box.Value != i) return 3;
            if (WriteOr(null, i) != i * -2) return 4;
            if (LengthOr(null, i) != i) return 5;
            bool caught = false;
            try
            {
                Read(i % 2 == 0 ? box : null);
            }
            catch (NullReferenceException)
            {
                caught = true;
            }
            if (caught != (i % 2 != 0)) return 6;
        }
        if (LengthOr(new int[17], 0) != 17) return 7;
        return 100;
    }
}
