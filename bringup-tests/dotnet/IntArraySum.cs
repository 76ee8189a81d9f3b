// methods: IntArraySum:Test
using System.Runtime.CompilerServices;

/// The sum of an array.
public static class IntArraySum
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int[] a, int n)
    {
        int sum = 0;
        for (int i = 0; i < n; i++) sum += a[i];
        return sum;
    }

    public static int Main()
    {
        if (Test(new[] { 1, 2, 3 }, 3) != 6) return 1;
        if (Test(new[] { 1, 2, 3 }, 2) != 3) return 2;
        if (Test(new int[0], 0) != 0) return 3;
        if (Test(new[] { int.MaxValue, 1 }, 2) != int.MinValue) return 4;
        return 100;
    }
}
