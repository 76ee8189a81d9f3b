// methods: div2:Test
using System.Runtime.CompilerServices;

/// Division by constants that are powers of two and that are not.
public static class div2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x / 8 + x / 10; }

    public static int Main()
    {
        if (Test(80) != 18) return 1;
        if (Test(-80) != -18) return 2;
        if (Test(7) != 0) return 3;
        if (Test(-9) != -1) return 4;
        if (Test(int.MaxValue) != 483183819) return 5;
        return 100;
    }
}
