// methods: Add1:Test
using System.Runtime.CompilerServices;

/// One added.
public static class Add1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return x + 1; }

    public static int Main()
    {
        if (Test(0) != 1) return 1;
        if (Test(-1) != 0) return 2;
        if (Test(41) != 42) return 3;
        if (Test(int.MaxValue) != int.MinValue) return 4;
        if (Test(int.MinValue) != -2147483647) return 5;
        return 100;
    }
}
