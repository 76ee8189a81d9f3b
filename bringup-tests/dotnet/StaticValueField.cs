// methods: StaticValueField:Test StaticValueField:Get
using System.Runtime.CompilerServices;

/// A static field of a struct type.
public static class StaticValueField
{
    struct Point
    {
        public int X;
        public long Y;
    }

    static Point point;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Test(int x, long y)
    {
        point.X += x;
        point.Y = y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Point Get() { return point; }

    public static int Main()
    {
        Test(1, 5);
        Test(2, -2);
        if (!(Get().X == 3)) return 1;
        if (!(Get().Y == -2)) return 2;
        return 100;
    }
}
