// methods: DblRoots:Test
using System;
using System.Runtime.CompilerServices;

/// The roots of a quadratic equation.
public static class DblRoots
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(double a, double b, double c, ref double r1, ref double r2)
    {
        double root = (double)Math.Sqrt(b * b - 4 * a * c);
        r1 = (-b + root) / (2 * a);
        r2 = (-b - root) / (2 * a);
    }

    public static int Main()
    {
        double r1 = 0, r2 = 0;
        Test(1, -5, 6, ref r1, ref r2);
        if (!(r1 == 3)) return 1;
        if (!(r2 == 2)) return 2;
        return 100;
    }
}
