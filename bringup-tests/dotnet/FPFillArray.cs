// methods: FPFillArray:Test
using System.Runtime.CompilerServices;

/// An array is filled.
public static class FPFillArray
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(float[] a, float v)
    {
        for (int i = 0; i < a.Length; i++) a[i] = v + i;
    }

    public static int Main()
    {
        float[] a = new float[5];
        Test(a, 1.5f);
        if (a[0] != 1.5f) return 1;
        if (a[1] != 2.5f) return 2;
        if (a[4] != 5.5f) return 3;
        return 100;
    }
}
