// methods: Ind1:Test
using System.Runtime.CompilerServices;

/// A store through a reference.
public static class Ind1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(ref int x) { int old = x; x = 1; return old; }

    public static int Main()
    {
        int a = -7;
        if (Test(ref a) != -7) return 1;
        if (a != 1) return 2;
        return 100;
    }
}
