// methods: ArrayExc:Test
using System;
using System.Runtime.CompilerServices;

/// Indexes out of range are exceptions, and nothing is stored.
public static class ArrayExc
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int[] a, int i)
    {
        try
        {
            a[i] = 7;
            return a[i];
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

    public static int Main()
    {
        int[] a = new int[2];
        if (Test(a, 0) != 7) return 1;
        if (Test(a, 1) != 7) return 2;
        if (Test(a, 2) != -1) return 3;
        if (Test(a, -1) != -1) return 4;
        if (Test(a, int.MinValue) != -1) return 5;
        if (Test(new int[0], 0) != -1) return 6;
        if (Test(null, 0) != -2) return 7;
        return 100;
    }
}
