// methods: LocallocCnsB117:Test
using System.Runtime.CompilerServices;

/// 117 bytes of stack memory.
public static unsafe class LocallocCnsB117
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test()
    {
        byte* p = stackalloc byte[117];
        for (int i = 0; i < 117; i++) p[i] = (byte)(i + 1);
        int sum = 0;
        for (int i = 0; i < 117; i++) sum += p[i];
        return sum;
    }

    public static int Main()
    {
        if (Test() != 6903) return 1;
        return 100;
    }
}
