// methods: CnsLng1:One CnsLng1:Large CnsLng1:Low
using System.Runtime.CompilerServices;

/// Constants of 64 bits.
public static class CnsLng1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long One() { return 1; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Large() { return 0x123456789abcdef0; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Low(long x) { return x + -2147483648L; }

    public static int Main()
    {
        if (!(One() == 1)) return 1;
        if (!(Large() == 1311768467463790320)) return 2;
        if (!(Low(0) == int.MinValue)) return 3;
        if (!(Low(2147483648L) == 0)) return 4;
        return 100;
    }
}
