// methods: DblCall1:Test
using System.Runtime.CompilerServices;

/// A call with a float.
public static class DblCall1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Half(double x) { return x / 2; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return Half(x) + x; }

    public static int Main()
    {
        if (Test(1) != 1.5) return 1;
        if (Test(-4) != -6) return 2;
        return 100;
    }
}
