// methods: NotAndNeg:Test
using System.Runtime.CompilerServices;

/// Complement and negation.
public static class NotAndNeg
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, int y) { return ~x ^ -y; }

    public static int Main()
    {
        if (Test(0, 0) != -1) return 1;
        if (Test(5, 6) != 0) return 2;
        if (Test(-1, 1) != -1) return 3;
        if (Test(int.MinValue, int.MinValue) != -1) return 4;
        if (Test(int.MaxValue, -1) != -2147483647) return 5;
        return 100;
    }
}
