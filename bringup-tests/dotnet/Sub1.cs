// methods: Sub1:Test
using System.Runtime.CompilerServices;

/// One taken away.
public static class Sub1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x - 1; }

    public static int Main()
    {
        if (Test(0) != -1) return 1;
        if (Test(1) != 0) return 2;
        if (Test(int.MinValue) != int.MaxValue) return 3;
        if (Test(int.MaxValue) != 2147483646) return 4;
        return 100;
    }
}
