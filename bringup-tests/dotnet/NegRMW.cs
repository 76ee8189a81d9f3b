// methods: NegRMW:Test
using System.Runtime.CompilerServices;

/// Negation in memory.
public static class NegRMW
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int x, ref long y) { x = -x; y = -y; }

    public static int Main()
    {
        int a = 5;
        long b = long.MinValue;
        Test(ref a, ref b);
        if (a != -5) return 1;
        if (b != long.MinValue) return 2;
        return 100;
    }
}
