// methods: DivConst:Test
using System.Runtime.CompilerServices;

/// Signed division by constants.
public static class DivConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x / 3 + x / -7 + x / 16; }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(100) != 33 - 14 + 6) return 2;
        if (Test(-100) != -33 + 14 - 6) return 3;
        if (Test(int.MaxValue) != 715827882 - 306783378 + 134217727) return 4;
        if (Test(int.MinValue) != -715827882 + 306783378 - 134217728) return 5;
        return 100;
    }
}
