// methods: AsgXor1:Test
using System.Runtime.CompilerServices;

/// Assignment with an operator, to a parameter.
public static class AsgXor1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { x ^= y; return x; }

    public static int Main()
    {
        if (Test(5, 3) != 6) return 1;
        if (Test(-1, -1) != 0) return 2;
        if (Test(int.MinValue, int.MaxValue) != -1) return 3;
        return 100;
    }
}
