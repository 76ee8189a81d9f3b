// methods: Swap:Test Swap:Objects
using System.Runtime.CompilerServices;

/// Two values exchanged through references.
public static class Swap
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int a, ref int b)
    {
        int t = a;
        a = b;
        b = t;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Objects(ref object a, ref object b)
    {
        object t = a;
        a = b;
        b = t;
    }

    public static int Main()
    {
        int a = 1, b = 2;
        Test(ref a, ref b);
        object x = "x", y = "y";
        Objects(ref x, ref y);
        if (a != 2) return 1;
        if (b != 1) return 2;
        if ((string)x != "y") return 3;
        if ((string)y != "x") return 4;
        return 100;
    }
}
