// methods: LocallocCnsB1:Test
using System.Runtime.CompilerServices;

/// 1 byte of stack memory.
public static unsafe class LocallocCnsB1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test()
    {
        byte* p = stackalloc byte[1];
        for (int i = 0; i < 1; i++) p[i] = (byte)(i + 1);
        int sum = 0;
        for (int i = 0; i < 1; i++) sum += p[i];
        return sum;
    }

    public static int Main()
    {
        if (Test() != 1) return 1;
        return 100;
    }
}
