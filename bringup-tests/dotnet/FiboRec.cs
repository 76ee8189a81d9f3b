// methods: FiboRec:Test
using System.Runtime.CompilerServices;

/// Fibonacci numbers by recursion.
public static class FiboRec
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n) { return n < 2 ? n : Test(n - 1) + Test(n - 2); }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(10) != 55) return 3;
        if (Test(20) != 6765) return 4;
        return 100;
    }
}
