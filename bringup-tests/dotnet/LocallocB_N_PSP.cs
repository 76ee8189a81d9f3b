// methods: LocallocB_N_PSP:Test
using System;
using System.Runtime.CompilerServices;

/// Stack memory of a variable size in a method with handlers.
public static unsafe class LocallocB_N_PSP
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        int sum = 0;
        try
        {
            throw new InvalidOperationException();
        }
        catch (InvalidOperationException)
        {
            sum = 1;
        }
        byte* p = stackalloc byte[n];
        for (int i = 0; i < n; i++) p[i] = (byte)(i + 1);
        try
        {
            for (int i = 0; i < n; i++) sum += p[i];
        }
        finally
        {
            sum += 1000;
        }
        return sum;
    }

    public static int Main()
    {
        if (Test(0) != 1001) return 1;
        if (Test(1) != 1002) return 2;
        if (Test(16) != 1137) return 3;
        if (Test(100) != 6051) return 4;
        if (Test(5000) != 630477) return 5;
        return 100;
    }
}
