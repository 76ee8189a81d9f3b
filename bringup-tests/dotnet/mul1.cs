// methods: mul1:Test
using System.Runtime.CompilerServices;

/// Multiplication.
public static class mul1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { return x * y; }

    public static int Main()
    {
        if (Test(3, 4) != 12) return 1;
        if (Test(-3, 4) != -12) return 2;
        if (Test(65536, 65536) != 0) return 3;
        if (Test(int.MaxValue, 2) != -2) return 4;
        if (Test(int.MinValue, -1) != int.MinValue) return 5;
        return 100;
    }
}
