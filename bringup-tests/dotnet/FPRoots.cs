// methods: FPRoots:Test
using System;
using System.Runtime.CompilerServices;

/// The roots of a quadratic equation.
public static class FPRoots
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(float a, float b, float c, ref float r1, ref float r2)
    {
        float root = (float)Math.Sqrt(b * b - 4 * a * c);
        r1 = (-b + root) / (2 * a);
        r2 = (-b - root) / (2 * a);
    }

    public static int Main()
    {
        float r1 = 0, r2 = 0;
        Test(1, -5, 6, ref r1, ref r2);
        if (!(r1 == 3)) return 1;
        if (!(r2 == 2)) return 2;
        return 100;
    }
}
