// methods: mul2:Test
using System.Runtime.CompilerServices;

/// Multiplication by small constants.
public static class mul2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x * 3 + x * 5 + x * 9; }

    public static int Main()
    {
        if (Test(1) != 17) return 1;
        if (Test(-2) != -34) return 2;
        if (Test(1000000000) != -179869184) return 3;
        return 100;
    }
}
