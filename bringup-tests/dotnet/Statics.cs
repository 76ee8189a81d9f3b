// methods: Statics:Ints Statics:Objects Statics:Structs Statics:PerThread Statics:Late Statics:Literals Statics:Enums Statics:Fill
// stress: F
using System;
using System.Runtime.CompilerServices;
using System.Threading;

/// Static fields of every kind, those of a thread, constructors of classes, array literals.
public static class Statics
{
    struct Pair
    {
        public int A;
        public object B;
    }

    enum Color : byte { Red, Green = 200 }

    static class Lazy
    {
        public static int Runs = Started();
        public static readonly string Name = "lazy";

        static Lazy() { order += "L"; }

        static int Started() { return ++started; }
    }

    static string order = "";
    static int started;
    static int count;
    static long total;
    static double half = 0.5;
    static object held;
    static Pair pair;
    static Color color;
    [ThreadStatic] static int mine;
    [ThreadStatic] static object mineToo;
    [ThreadStatic] static Pair minePair;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Ints(int x)
    {
        count += x;
        total -= x;
        half *= 2;
        return count * 1000 + total + (long)half;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static object Objects(object o)
    {
        object before = held;
        held = o;
        return before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Structs(object o)
    {
        Pair before = pair;
        pair.A++;
        pair.B = o;
        Pair copy = pair;
        return before.A * 10 + copy.A + (copy.B == o && pair.B == o ? 100 : 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int PerThread(object o)
    {
        mine += 5;
        if (mineToo == null) mine++;
        mineToo = o;
        minePair.A += mine;
        minePair.B = o;
        return mine + minePair.A * 100 + (minePair.B == mineToo ? 0 : 9999);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Late(bool touch)
    {
        if (!touch) return order;
        return Lazy.Name + Lazy.Runs + order;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Literals(int i)
    {
        int[] primes = { 2, 3, 5, 7, 11, 13, 17, 19 };
        long[] powers = { 1, 10, 100, 1000, 10000 };
        return primes[i] + (int)powers[i % 5];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Enums(bool green)
    {
        color = green ? Color.Green : Color.Red;
        object boxed = color;
        return boxed.ToString() + (int)(Color)boxed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Fill(string s, int n)
    {
        string all = string.Empty;
        for (int i = 0; i < n; i++) all += s;
        return all + new string('-', n) + all.Length;
    }

    public static int Main()
    {
        if (Late(false) != "") return 1;
        if (Ints(3) != 3000 - 3 + 1 || Ints(-1) != 2000 - 2 + 2) return 2;
        if (Objects("a") != null || (string)Objects(null) != "a" || Objects(1) != null) return 3;
        if (Structs("x") != 101 || Structs(null) != 112) return 4;
        if (PerThread("y") != 606 || PerThread("z") != 11 + 1700) return 5;
        int other = 0;
        Thread thread = new Thread(delegate() { other = PerThread("w"); });
        thread.Start();
        thread.Join();
        if (other != 606 || mine != 11) return 6;
        if (Late(true) != "lazy1L" || Late(true) != "lazy1L") return 7;
        if (Literals(0) != 3 || Literals(7) != 119) return 8;
        if (Enums(true) != "Green200" || Enums(false) != "Red0") return 9;
        if (Fill("ab", 2) != "abab--4" || Fill("x", 0) != "0") return 10;
        return 100;
    }
}
