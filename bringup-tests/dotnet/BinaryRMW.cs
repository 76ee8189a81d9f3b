// methods: BinaryRMW:Test
using System.Runtime.CompilerServices;

/// Read, change and write of memory by each operator.
public static class BinaryRMW
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int add, ref int sub, ref int and, ref int or, ref int xor, ref int mul, int v)
    {
        add += v;
        sub -= v;
        and &= v;
        or |= v;
        xor ^= v;
        mul *= v;
        add += 3;
    }

    public static int Main()
    {
        int a = 10, b = 10, c = 10, d = 10, e = 10, f = 10;
        Test(ref a, ref b, ref c, ref d, ref e, ref f, 7);
        if (a != 20) return 1;
        if (b != 3) return 2;
        if (c != 2) return 3;
        if (d != 15) return 4;
        if (e != 13) return 5;
        if (f != 70) return 6;
        return 100;
    }
}
