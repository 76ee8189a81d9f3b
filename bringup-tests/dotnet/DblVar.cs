// methods: DblVar:Test
using System.Runtime.CompilerServices;

/// The variance of an array.
public static class DblVar
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double[] a)
    {
        double mean = 0, sum = 0;
        for (int i = 0; i < a.Length; i++) mean += a[i];
        mean /= a.Length;
        for (int i = 0; i < a.Length; i++)
        {
            double d = a[i] - mean;
            sum += d * d;
        }
        return sum / a.Length;
    }

    public static int Main()
    {
        if (!(Test(new double[] { 1, 3 }) == 1)) return 1;
        if (!(Test(new double[] { 2, 4, 4, 4, 5, 5, 7, 9 }) == 4)) return 2;
        if (!(double.IsNaN(Test(new double[0])))) return 3;
        return 100;
    }
}
