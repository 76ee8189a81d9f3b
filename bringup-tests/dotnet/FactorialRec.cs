// methods: FactorialRec:Test
using System.Runtime.CompilerServices;

/// A factorial by recursion.
public static class FactorialRec
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n) { return n <= 1 ? 1 : n * Test(n - 1); }

    public static int Main()
    {
        if (Test(0) != 1) return 1;
        if (Test(1) != 1) return 2;
        if (Test(5) != 120) return 3;
        if (Test(12) != 479001600) return 4;
        return 100;
    }
}
