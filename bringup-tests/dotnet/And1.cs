// methods: And1:Test
using System.Runtime.CompilerServices;

/// And with a constant.
public static class And1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x & 1; }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(-1) != 1) return 3;
        if (Test(254) != 0) return 4;
        if (Test(int.MinValue) != 0) return 5;
        return 100;
    }
}
