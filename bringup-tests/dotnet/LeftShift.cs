// methods: LeftShift:Test
using System.Runtime.CompilerServices;

/// Shift left by a variable and by a constant.
public static class LeftShift
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int n) { return (x << n) + (x << 4); }

    public static int Main()
    {
        if (Test(1, 3) != 24) return 1;
        if (Test(-1, 31) != 2147483632) return 2;
        if (Test(5, 0) != 85) return 3;
        if (Test(1, 33) != 18) return 4;
        return 100;
    }
}
