// methods: Args5:Test
using System.Runtime.CompilerServices;

/// Five arguments.
public static class Args5
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int a, long b, int c, long d, int e) { return a - b + c - d + e; }

    public static int Main()
    {
        if (Test(1, 2, 3, 4, 5) != 3L) return 1;
        if (Test(int.MaxValue, -1, int.MaxValue, long.MaxValue, 1) != 4294967296L - long.MaxValue) return 2;
        return 100;
    }
}
