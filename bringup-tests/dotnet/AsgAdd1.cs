// methods: AsgAdd1:Test
using System.Runtime.CompilerServices;

/// Assignment with an operator, to a parameter.
public static class AsgAdd1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { x += y; return x; }

    public static int Main()
    {
        if (Test(5, 3) != 8) return 1;
        if (Test(int.MaxValue, 1) != int.MinValue) return 2;
        if (Test(0, -1) != -1) return 3;
        return 100;
    }
}
