// methods: JTrueGtInt1:Test
using System.Runtime.CompilerServices;

/// A branch on a comparison.
public static class JTrueGtInt1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y)
    {
        if (x > y) return 1;
        return -1;
    }

    public static int Main()
    {
        if (Test(5, 5) != -1) return 1;
        if (Test(-1, 1) != -1) return 2;
        if (Test(1, -1) != 1) return 3;
        if (Test(int.MinValue, int.MaxValue) != -1) return 4;
        if (Test(int.MaxValue, int.MinValue) != 1) return 5;
        return 100;
    }
}
