// methods: LocallocCnsB5001:Test
using System.Runtime.CompilerServices;

/// 5001 bytes of stack memory.
public static unsafe class LocallocCnsB5001
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test()
    {
        byte* p = stackalloc byte[5001];
        for (int i = 0; i < 5001; i++) p[i] = (byte)(i + 1);
        int sum = 0;
        for (int i = 0; i < 5001; i++) sum += p[i];
        return sum;
    }

    public static int Main()
    {
        if (Test() != 629613) return 1;
        return 100;
    }
}
