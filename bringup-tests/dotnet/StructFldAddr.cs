// methods: StructFldAddr:Test
using System.Runtime.CompilerServices;

/// The address of a struct in a struct.
public static class StructFldAddr
{
    struct Inner
    {
        public int A;
        public int B;
    }

    struct Outer
    {
        public long Before;
        public Inner In;
        public long After;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Set(ref Inner i, int v) { i.A = v; i.B = -v; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int v)
    {
        Outer o = new Outer();
        o.Before = 1000;
        o.After = 100000;
        Set(ref o.In, v);
        return o.Before + o.In.A + o.In.B * 10 + o.After;
    }

    public static int Main()
    {
        if (Test(0) != 101000L) return 1;
        if (Test(3) != 100973L) return 2;
        if (Test(-3) != 101027L) return 3;
        return 100;
    }
}
