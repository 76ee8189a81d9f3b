// methods: NotRMW:Test
using System.Runtime.CompilerServices;

/// Complement in memory.
public static class NotRMW
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int x, ref long y) { x = ~x; y = ~y; }

    public static int Main()
    {
        int a = 5;
        long b = long.MinValue;
        Test(ref a, ref b);
        if (a != -6) return 1;
        if (b != long.MaxValue) return 2;
        return 100;
    }
}
