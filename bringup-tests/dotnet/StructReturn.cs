// methods: StructReturn:One StructReturn:Two StructReturn:Mixed StructReturn:Big StructReturn:Test
using System.Runtime.CompilerServices;

/// Structs of several sizes as results.
public static class StructReturn
{
    struct S1 { public int A; }

    struct S2 { public long A; public object B; }

    struct S3 { public double A; public int B; }

    struct S4 { public long A, B, C, D; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static S1 One(int a) { return new S1 { A = a }; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static S2 Two(long a, object b) { return new S2 { A = a, B = b }; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static S3 Mixed(double a, int b) { return new S3 { A = a, B = b }; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static S4 Big(long a) { return new S4 { A = a, B = a + 1, C = a + 2, D = a + 3 }; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(int a, object o)
    {
        S2 two = Two(a, o);
        S3 mixed = Mixed(a / 2.0, a);
        S4 big = Big(two.A);
        return One(a).A + (two.B == o ? 100 : 0) + mixed.A + mixed.B + big.A + big.B + big.C + big.D;
    }

    public static int Main()
    {
        if (Test(0, "") != 106.0) return 1;
        if (Test(1, null) != 112.5) return 2;
        if (Test(-4, "x") != -4 + 100 - 2 - 4.0 + -4 - 3 - 2 - 1) return 3;
        return 100;
    }
}
