// methods: RecursiveTailCall:Test
using System.Runtime.CompilerServices;

/// Recursion whose call is the last thing done.
public static class RecursiveTailCall
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int n, long sum)
    {
        if (n == 0) return sum;
        return Test(n - 1, sum + n);
    }

    public static int Main()
    {
        if (Test(0, 5) != 5L) return 1;
        if (Test(10, 0) != 55L) return 2;
        if (Test(5000, 0) != 12502500L) return 3;
        return 100;
    }
}
