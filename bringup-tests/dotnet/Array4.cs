// methods: Array4:Test
using System.Runtime.CompilerServices;

/// Arrays of small and large elements.
public static class Array4
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(sbyte[] a, ushort[] b, long[] c, int i)
    {
        a[i] += 1;
        b[i] -= 1;
        c[i] *= 2;
        return a[i] + b[i] + c[i];
    }

    public static int Main()
    {
        sbyte[] a = { 127, 0 };
        ushort[] b = { 0, 1 };
        long[] c = { 1, -1 };
        if (Test(a, b, c, 0) != -128L + 65535 + 2) return 1;
        if (Test(a, b, c, 1) != 1L + 0 - 2) return 2;
        if ((int)a[0] != -128) return 3;
        if ((int)b[0] != 65535) return 4;
        return 100;
    }
}
