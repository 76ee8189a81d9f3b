// methods: struct16args:Test struct16args:Pass
using System.Runtime.CompilerServices;

/// A struct of 16 bytes among many arguments.
public static class struct16args
{
    struct Pair { public long A; public int B, C; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int a, Pair p, int b, Pair q, long c, Pair r, Pair s)
    {
        return a + p.A + p.B * 2 + p.C * 3 + b * 4 + q.A * 5 + q.C * 6 + c * 7 + r.A * 8 + r.B * 9 + s.A * 10 + s.C * 11;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Pass(Pair p) { return Test(1, p, 1, p, 1, p, p); }

    public static int Main()
    {
        if (Pass(new Pair()) != 12L) return 1;
        if (Pass(new Pair { A = 1 }) != 36L) return 2;
        if (Pass(new Pair { B = 1 }) != 23L) return 3;
        if (Pass(new Pair { C = -1 }) != -8L) return 4;
        return 100;
    }
}
