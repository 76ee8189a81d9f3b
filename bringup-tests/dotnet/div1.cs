// methods: div1:Test
using System.Runtime.CompilerServices;

/// Signed division.
public static class div1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { return x / y; }

    public static int Main()
    {
        if (Test(7, 2) != 3) return 1;
        if (Test(-7, 2) != -3) return 2;
        if (Test(7, -2) != -3) return 3;
        if (Test(0, 5) != 0) return 4;
        if (Test(int.MinValue, 2) != -1073741824) return 5;
        if (Test(int.MinValue, 1) != int.MinValue) return 6;
        if (Test(int.MaxValue, -1) != -2147483647) return 7;
        return 100;
    }
}
