// methods: DblCall2:Test
using System.Runtime.CompilerServices;

/// Calls with floats and integers mixed.
public static class DblCall2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Mix(int a, double x, long b, double y, int c) { return a + x * b - y * c; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x, int a) { return Mix(a, x, 2, x + 1, a + 1) + Mix(1, 1, 1, 1, 1); }

    public static int Main()
    {
        if (Test(0, 0) != 0) return 1;
        if (Test(1.5, 2) != -1.5) return 2;
        if (Test(-1, 3) != 2) return 3;
        return 100;
    }
}
