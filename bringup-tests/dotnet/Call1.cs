// methods: Call1:Test
using System.Runtime.CompilerServices;

/// A call.
public static class Call1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Twice(int x) { return x + x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x) { return Twice(x) + 1; }

    public static int Main()
    {
        if (Test(0) != 1) return 1;
        if (Test(-1) != -1) return 2;
        if (Test(21) != 43) return 3;
        if (Test(int.MaxValue) != -1) return 4;
        return 100;
    }
}
