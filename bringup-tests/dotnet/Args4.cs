// methods: Args4:Test
using System.Runtime.CompilerServices;

/// Four arguments.
public static class Args4
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int a, int b, int c, int d) { return a + b * 10 + c * 100 + d * 1000; }

    public static int Main()
    {
        if (Test(1, 2, 3, 4) != 4321) return 1;
        if (Test(-1, 0, 0, 1) != 999) return 2;
        if (Test(0, 0, 0, 0) != 0) return 3;
        return 100;
    }
}
