// methods: Jmp1:Test
using System.Runtime.CompilerServices;

/// Jumps only: forwards, backwards in the text.
public static class Jmp1
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int x)
    {
        goto First;
    Second:
        x *= 3;
        goto Done;
    First:
        x += 1;
        goto Second;
    Done:
        return x;
    }

    public static int Main()
    {
        if (Test(0) != 3) return 1;
        if (Test(-1) != 0) return 2;
        if (Test(7) != 24) return 3;
        if (Test(int.MaxValue) != int.MinValue) return 4;
        return 100;
    }
}
