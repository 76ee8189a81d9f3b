// methods: StaticCalls:Test
using System.Runtime.CompilerServices;

/// Several calls of static methods.
public static class StaticCalls
{
    static int calls;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Next(int x) { calls++; return x + calls; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x)
    {
        int a = Next(x);
        int b = Next(a);
        return a * 1000 + Next(b) - b;
    }

    public static int Main()
    {
        if (Test(0) != 1003) return 1;
        if (Test(1) != 5006) return 2;
        return 100;
    }
}
