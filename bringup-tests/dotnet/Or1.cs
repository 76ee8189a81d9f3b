// methods: Or1:Test
using System.Runtime.CompilerServices;

/// Or with a constant.
public static class Or1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x | 0xa; }

    public static int Main()
    {
        if (Test(0) != 10) return 1;
        if (Test(5) != 15) return 2;
        if (Test(-1) != -1) return 3;
        if (Test(int.MinValue) != -2147483638) return 4;
        return 100;
    }
}
