// methods: mul4:Test
using System.Runtime.CompilerServices;

/// Multiplication by large constants and powers of two.
public static class mul4
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x * 1024 + x * 1000003; }

    public static int Main()
    {
        if (Test(1) != 1001027) return 1;
        if (Test(-1) != -1001027) return 2;
        if (Test(0) != 0) return 3;
        return 100;
    }
}
