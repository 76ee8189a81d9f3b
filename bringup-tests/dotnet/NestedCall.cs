// methods: NestedCall:Test
using System.Runtime.CompilerServices;

/// The result of a call as the argument of another.
public static class NestedCall
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Square(int x) { return x * x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return Square(Square(x) + Square(x + 1)); }

    public static int Main()
    {
        if (Test(0) != 1) return 1;
        if (Test(1) != 25) return 2;
        if (Test(-1) != 1) return 3;
        if (Test(3) != 625) return 4;
        return 100;
    }
}
