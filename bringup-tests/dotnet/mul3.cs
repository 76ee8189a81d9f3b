// methods: mul3:Test
using System.Runtime.CompilerServices;

/// Multiplication of both widths.
public static class mul3
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int x, int y) { return x * (long)y; }

    public static int Main()
    {
        if (Test(3, 4) != 12L) return 1;
        if (Test(int.MaxValue, int.MaxValue) != 4611686014132420609L) return 2;
        if (Test(int.MinValue, int.MinValue) != 4611686018427387904L) return 3;
        if (Test(int.MinValue, 1) != -2147483648L) return 4;
        return 100;
    }
}
