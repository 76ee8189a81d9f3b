// methods: rem1:Test
using System.Runtime.CompilerServices;

/// Signed remainder.
public static class rem1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { return x % y; }

    public static int Main()
    {
        if (Test(7, 2) != 1) return 1;
        if (Test(-7, 2) != -1) return 2;
        if (Test(7, -2) != 1) return 3;
        if (Test(0, 5) != 0) return 4;
        if (Test(int.MinValue, 10) != -8) return 5;
        if (Test(int.MaxValue, -1) != 0) return 6;
        return 100;
    }
}
