// methods: DblArea:Test
using System.Runtime.CompilerServices;

/// The area of a circle.
public static class DblArea
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double r) { return 3.0 * r * r; }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(2) != 12) return 2;
        if (Test(-0.5) != 0.75) return 3;
        return 100;
    }
}
