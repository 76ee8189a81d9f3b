// methods: Unbox:Box Unbox:Test
using System;
using System.Runtime.CompilerServices;

/// Boxes: made, opened, of a wrong type, of null.
public static class Unbox
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static object Box(int x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(object o)
    {
        try
        {
            return (int)o;
        }
        catch (InvalidCastException)
        {
            return -1;
        }
        catch (NullReferenceException)
        {
            return -2;
        }
    }

    public static int Main()
    {
        if (Test(Box(5)) != 5) return 1;
        if (Test(Box(int.MinValue)) != int.MinValue) return 2;
        if (Test("5") != -1) return 3;
        if (Test(5L) != -1) return 4;
        if (Test(null) != -2) return 5;
        return 100;
    }
}
