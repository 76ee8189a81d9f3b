// methods: FPVar:Test
using System.Runtime.CompilerServices;

/// The variance of an array.
public static class FPVar
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(float[] a)
    {
        float mean = 0, sum = 0;
        for (int i = 0; i < a.Length; i++) mean += a[i];
        mean /= a.Length;
        for (int i = 0; i < a.Length; i++)
        {
            float d = a[i] - mean;
            sum += d * d;
        }
        return sum / a.Length;
    }

    public static int Main()
    {
        if (!(Test(new float[] { 1, 3 }) == 1)) return 1;
        if (!(Test(new float[] { 2, 4, 4, 4, 5, 5, 7, 9 }) == 4)) return 2;
        if (!(float.IsNaN(Test(new float[0])))) return 3;
        return 100;
    }
}
