// methods: UDivConst:Test
using System.Runtime.CompilerServices;

/// Unsigned division by constants.
public static class UDivConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static uint Test(uint x) { return x / 7 + x / 32; }

    public static int Main()
    {
        if (Test(0) != 0u) return 1;
        if (Test(100) != 17u) return 2;
        if (Test(uint.MaxValue) != 613566756u + 134217727u) return 3;
        return 100;
    }
}
