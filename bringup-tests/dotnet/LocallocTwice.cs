// methods: LocallocTwice:Test
using System.Runtime.CompilerServices;

/// Two pieces of stack memory with a call between them.
public static unsafe class LocallocTwice
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Fill(long* p, int n, long v)
    {
        for (int i = 0; i < n; i++) p[i] = v;
        return v;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int n)
    {
        long* p = stackalloc long[n];
        long sum = Fill(p, n, 1);
        long* q = stackalloc long[n + 1];
        sum += Fill(q, n + 1, 100);
        for (int i = 0; i < n; i++) sum += p[i] + q[i];
        return sum;
    }

    public static int Main()
    {
        if (Test(1) != 202L) return 1;
        if (Test(10) != 1111L) return 2;
        return 100;
    }
}
