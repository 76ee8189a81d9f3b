// methods: Array1:Test
using System.Runtime.CompilerServices;

/// A store to a constant index.
public static class Array1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(int[] a) { a[1] = a[0] + 5; }

    public static int Main()
    {
        int[] a = { 3, 0, 0 };
        Test(a);
        if (!(a[1] == 8)) return 1;
        if (!(a[0] == 3)) return 2;
        if (!(a[2] == 0)) return 3;
        return 100;
    }
}
