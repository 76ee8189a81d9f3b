// methods: RightShiftRef:Test
using System.Runtime.CompilerServices;

/// An operator on what a reference points to.
public static class RightShiftRef
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(ref int x, int y) { x >>= y; }

    public static int Main()
    {
        int a = -64, b = 3;
        Test(ref a, b);
        if (a != -8) return 1;
        if (b != 3) return 2;
        return 100;
    }
}
