// methods: LocallocLarge:Test
using System.Runtime.CompilerServices;

/// Stack memory of many pages, touched at both ends.
public static unsafe class LocallocLarge
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        int* p = stackalloc int[n];
        p[0] = 1;
        p[n - 1] = n;
        return p[0] + p[n - 1] + p[n / 2];
    }

    public static int Main()
    {
        if (Test(20000) != 20001) return 1;
        if (Test(3) != 4) return 2;
        if (Test(50000) != 50001) return 3;
        return 100;
    }
}
