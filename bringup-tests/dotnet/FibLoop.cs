// methods: FibLoop:Test
using System.Runtime.CompilerServices;

/// Fibonacci numbers by a loop.
public static class FibLoop
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        int a = 0, b = 1;
        for (int i = 0; i < n; i++)
        {
            int next = a + b;
            a = b;
            b = next;
        }
        return a;
    }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(10) != 55) return 3;
        if (Test(46) != 1836311903) return 4;
        return 100;
    }
}
