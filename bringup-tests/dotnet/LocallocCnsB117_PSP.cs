// methods: LocallocCnsB117_PSP:Test
using System;
using System.Runtime.CompilerServices;

/// 117 bytes of stack memory in a method with handlers.
public static unsafe class LocallocCnsB117_PSP
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test()
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
        byte* p = stackalloc byte[117];
        for (int i = 0; i < 117; i++) p[i] = (byte)(i + 1);
        try
        {
            for (int i = 0; i < 117; i++) sum += p[i];
        }
        finally
        {
            sum += 1000;
        }
        return sum;
    }

    public static int Main()
    {
        if (Test() != 7904) return 1;
        return 100;
    }
}
