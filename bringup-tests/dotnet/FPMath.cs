// methods: FPMath:Test FPMath:Rounded FPMath:Powers
using System;
using System.Runtime.CompilerServices;

/// Functions of the mathematics library.
public static class FPMath
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Test(double x) { return Math.Sqrt(x) + Math.Abs(-x) + Math.Min(x, 2) + Math.Max(x, 3); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Rounded(double x) { return Math.Round(x) + Math.Floor(x) * 100 + Math.Ceiling(x) * 10000 + Math.Truncate(x) * 1000000; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Powers(double x) { return Math.Pow(x, 3) + Math.Exp(0) + Math.Cos(0) + Math.Log(1) + Math.Sin(0); }

    public static int Main()
    {
        if (Test(4) != 2 + 4 + 2 + 4.0) return 1;
        if (Test(1) != 6.0) return 2;
        if (double.IsNaN(Test(double.NaN)) != true) return 3;
        if (Rounded(2.5) != 2 + 200 + 30000 + 2000000.0) return 4;
        if (Rounded(-1.5) != -2 - 200 - 10000 - 1000000.0) return 5;
        if (Powers(2) != 10.0) return 6;
        return 100;
    }
}
