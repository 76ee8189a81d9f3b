// methods: LocallocLoop:Test
using System.Runtime.CompilerServices;

/// Stack memory again and again.
public static unsafe class LocallocLoop
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        int* last = null;
        for (int i = 0; i < n; i++)
        {
            int* p = stackalloc int[4];
            p[0] = i;
            p[1] = last == null ? 0 : last[0] + last[1];
            last = p;
        }
        return last == null ? -1 : last[0] + last[1];
    }

    public static int Main()
    {
        if (Test(0) != -1) return 1;
        if (Test(1) != 0) return 2;
        if (Test(10) != 45) return 3;
        if (Test(100) != 4950) return 4;
        return 100;
    }
}
