// methods: StructInstMethod:Test
using System.Runtime.CompilerServices;

/// Instance methods of a struct.
public static class StructInstMethod
{
    struct Counter
    {
        int count;

        public Counter(int start) { count = start; }

        public int Next() { return ++count; }

        public int Count { get { return count; } }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int start)
    {
        Counter c = new Counter(start);
        int a = c.Next();
        Counter d = c;
        d.Next();
        return a * 10000 + c.Count * 100 + d.Count;
    }

    public static int Main()
    {
        if (Test(0) != 10102) return 1;
        if (Test(5) != 60607) return 2;
        if (Test(-1) != 1) return 3;
        return 100;
    }
}
