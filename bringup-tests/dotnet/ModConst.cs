// methods: ModConst:Test
using System.Runtime.CompilerServices;

/// Signed remainder by constants.
public static class ModConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x % 10 + x % 8 * 100; }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(99) != 309) return 2;
        if (Test(-99) != -309) return 3;
        if (Test(int.MaxValue) != 707) return 4;
        if (Test(int.MinValue) != -8) return 5;
        return 100;
    }
}
