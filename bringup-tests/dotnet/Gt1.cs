// methods: Gt1:Test
using System.Runtime.CompilerServices;

/// The value of a comparison.
public static class Gt1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool Test(int x, int y) { return x > y; }

    public static int Main()
    {
        if (Test(5, 5) != false) return 1;
        if (Test(-1, 1) != false) return 2;
        if (Test(1, -1) != true) return 3;
        if (Test(int.MinValue, int.MaxValue) != false) return 4;
        if (Test(int.MaxValue, int.MinValue) != true) return 5;
        if (Test(0, 0) != false) return 6;
        return 100;
    }
}
