// methods: addref:Test
using System.Runtime.CompilerServices;

/// An operator on what a reference points to.
public static class addref
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int x, ref int y) { x += y; }

    public static int Main()
    {
        int a = 6, b = 12;
        Test(ref a, ref b);
        if (a != 18) return 1;
        if (b != 12) return 2;
        return 100;
    }
}
