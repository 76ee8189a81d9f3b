// methods: FPArray:Test
using System.Runtime.CompilerServices;

/// Elements of an array.
public static class FPArray
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float[] a, int i)
    {
        a[i] = a[i] * 2;
        return a[i] + a[0];
    }

    public static int Main()
    {
        float[] a = { 1, 3, -2 };
        if (Test(a, 1) != 7) return 1;
        if (Test(a, 0) != 4) return 2;
        if (Test(a, 2) != -2) return 3;
        if (a[1] != 6) return 4;
        return 100;
    }
}
