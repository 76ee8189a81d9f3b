// methods: InitObj:Test InitObj:Clear
using System.Runtime.CompilerServices;

/// A struct set to zero, on the stack and through a reference.
public static class InitObj
{
    struct Many
    {
        public int A;
        public long B;
        public object C;
        public double D;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int a)
    {
        Many m = new Many();
        m.A = a;
        long first = m.A + m.B + (m.C == null ? 100 : 0);
        m = new Many();
        return first * 10 + m.A;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Clear(ref Many m) { m = default(Many); }

    public static int Main()
    {
        Many m = new Many { A = 1, B = 2, C = "c", D = 4 };
        Clear(ref m);
        if (!(Test(0) == 1000)) return 1;
        if (!(Test(-1) == 990)) return 2;
        if (!(m.A == 0 && m.B == 0 && m.C == null && m.D == 0)) return 3;
        return 100;
    }
}
