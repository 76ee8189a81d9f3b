// methods: ArrayMD2:Test ArrayMD2:Name ArrayMD2:Bump
using System;
using System.Runtime.CompilerServices;

/// Three dimensions, references as elements, and addresses of elements.
public static class ArrayMD2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Test(int n)
    {
        long[,,] a = new long[n, n + 1, n + 2];
        a[n - 1, n, n + 1] = 5;
        a[0, 0, 0] += 2;
        return a.Length * 1000 + a[n - 1, n, n + 1] + a[0, 0, 0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Name(string[,] names, int i, string s)
    {
        string old = names[i, 1];
        names[i, 1] = s;
        return old;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Bump(int[,] a, int i)
    {
        try
        {
            a[i, 0]++;
            return a[i, 0];
        }
        catch (IndexOutOfRangeException)
        {
            return -1;
        }
    }

    public static int Main()
    {
        string[,] names = new string[2, 2];
        int[,] a = new int[2, 1];
        if (Test(2) != 24000L + 7) return 1;
        if (Test(1) != 6000L + 7) return 2;
        if (Name(names, 0, "x") != null) return 3;
        if (Name(names, 0, "y") != "x") return 4;
        if (Bump(a, 1) != 1) return 5;
        if (Bump(a, 1) != 2) return 6;
        if (Bump(a, 2) != -1) return 7;
        if (Bump(a, -1) != -1) return 8;
        return 100;
    }
}
