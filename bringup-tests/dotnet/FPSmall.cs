// methods: FPSmall:Test FPSmall:Back
using System.Runtime.CompilerServices;

/// Small integers to floats and back.
public static class FPSmall
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static float Test(sbyte a, byte b, short c, ushort d) { return a + (float)b + c + (float)d; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Back(float x) { return (sbyte)x + (byte)x + (short)x + (ushort)x; }

    public static int Main()
    {
        if (Test(-128, 255, -32768, 65535) != -128 + 255f - 32768 + 65535) return 1;
        if (Test(1, 1, 1, 1) != 4) return 2;
        if (Back(100.9f) != 400) return 3;
        if (Back(0) != 0) return 4;
        return 100;
    }
}
