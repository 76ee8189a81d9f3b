// methods: LocallocB_N:Test
using System.Runtime.CompilerServices;

/// Stack memory of a variable size.
public static unsafe class LocallocB_N
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        byte* p = stackalloc byte[n];
        for (int i = 0; i < n; i++) p[i] = (byte)(i + 1);
        int sum = 0;
        for (int i = 0; i < n; i++) sum += p[i];
        return sum;
    }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(16) != 136) return 3;
        if (Test(100) != 5050) return 4;
        if (Test(5000) != 629476) return 5;
        return 100;
    }
}
