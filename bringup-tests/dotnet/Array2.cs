// methods: Array2:Test
using System.Runtime.CompilerServices;

/// A load and a store at a variable index.
public static class Array2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int[] a, int i) { int old = a[i]; a[i] = old * 2; return old; }

    public static int Main()
    {
        int[] a = { 1, 2, 3 };
        if (Test(a, 0) != 1) return 1;
        if (Test(a, 2) != 3) return 2;
        if (a[0] != 2) return 3;
        if (a[1] != 2) return 4;
        if (a[2] != 6) return 5;
        return 100;
    }
}
