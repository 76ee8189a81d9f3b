// methods: OpMembersOfStructLocal:Test
using System.Runtime.CompilerServices;

/// Members of a struct in a local variable.
public static class OpMembersOfStructLocal
{
    struct Pair
    {
        public int A;
        public int B;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int a, int b)
    {
        Pair p;
        p.A = a;
        p.B = b;
        p.A += p.B;
        p.B -= p.A * 2;
        p.A ^= p.B;
        return p.A * 7 + p.B;
    }

    public static int Main()
    {
        if (Test(0, 0) != 0) return 1;
        if (Test(1, 2) != (3 ^ -4) * 7 - 4) return 2;
        if (Test(-5, 5) != (0 ^ 5) * 7 + 5) return 3;
        return 100;
    }
}
