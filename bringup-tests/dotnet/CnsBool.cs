// methods: CnsBool:Yes CnsBool:No CnsBool:Same
using System.Runtime.CompilerServices;

/// Constants of truth.
public static class CnsBool
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool Yes() { return true; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool No() { return false; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool Same(bool a, bool b) { return a == b; }

    public static int Main()
    {
        if (!(Yes())) return 1;
        if (!(!No())) return 2;
        if (!(Same(true, true))) return 3;
        if (!(!Same(true, false))) return 4;
        if (!(Same(false, false))) return 5;
        return 100;
    }
}
