// methods: Gcd:Test
using System.Runtime.CompilerServices;

/// The greatest common divisor.
public static class Gcd
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int a, int b)
    {
        while (b != 0)
        {
            int rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    public static int Main()
    {
        if (Test(36, 24) != 12) return 1;
        if (Test(17, 5) != 1) return 2;
        if (Test(0, 9) != 9) return 3;
        if (Test(9, 0) != 9) return 4;
        if (Test(1836311903, 1134903170) != 1) return 5;
        return 100;
    }
}
