// methods: DblMulConst:Test
using System.Runtime.CompilerServices;

/// Multiplication by a constant.
public static class DblMulConst
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return x * 3.5; }

    public static int Main()
    {
        if (Test(2) != 7) return 1;
        if (Test(-1) != -3.5) return 2;
        if (Test(0) != 0) return 3;
        return 100;
    }
}
