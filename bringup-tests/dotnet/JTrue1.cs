// methods: JTrue1:Test
using System.Runtime.CompilerServices;

/// A branch on a value.
public static class JTrue1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x, object o)
    {
        if (x != 0)
        {
            if (o == null) return 1;
            return 2;
        }
        return o != null ? 3 : 4;
    }

    public static int Main()
    {
        if (Test(1, null) != 1) return 1;
        if (Test(-1, "") != 2) return 2;
        if (Test(0, "") != 3) return 3;
        if (Test(0, null) != 4) return 4;
        return 100;
    }
}
