// methods: ArrayObj:Test
using System;
using System.Runtime.CompilerServices;

/// Arrays of references: stores are checked for their type.
public static class ArrayObj
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(object[] a, int i, object o)
    {
        try
        {
            a[i] = o;
            return a[i] == o ? 1 : 0;
        }
        catch (ArrayTypeMismatchException)
        {
            return -1;
        }
    }

    public static int Main()
    {
        if (Test(new object[1], 0, "a") != 1) return 1;
        if (Test(new object[2], 1, null) != 1) return 2;
        if (Test(new string[1], 0, "a") != 1) return 3;
        if (Test(new string[1], 0, new object()) != -1) return 4;
        if (Test(new string[1], 0, null) != 1) return 5;
        if (Test(new int[1][], 0, new int[3]) != 1) return 6;
        return 100;
    }
}
