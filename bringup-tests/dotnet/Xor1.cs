// methods: Xor1:Test
using System.Runtime.CompilerServices;

/// Exclusive or with a constant.
public static class Xor1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x ^ 15; }

    public static int Main()
    {
        if (Test(0) != 15) return 1;
        if (Test(15) != 0) return 2;
        if (Test(-1) != -16) return 3;
        if (Test(int.MinValue) != -2147483633) return 4;
        return 100;
    }
}
