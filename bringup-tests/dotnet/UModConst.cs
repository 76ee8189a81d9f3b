// methods: UModConst:Test
using System.Runtime.CompilerServices;

/// Unsigned remainder by constants.
public static class UModConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint Test(uint x) { return x % 10 + x % 32 * 100; }

    public static int Main()
    {
        if (Test(0) != 0u) return 1;
        if (Test(99) != 309u) return 2;
        if (Test(uint.MaxValue) != 3105u) return 3;
        return 100;
    }
}
