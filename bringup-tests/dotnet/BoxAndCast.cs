// methods: BoxAndCast:BoxNullable BoxAndCast:UnboxNullable BoxAndCast:BoxStruct BoxAndCast:UnboxStruct BoxAndCast:Is BoxAndCast:As BoxAndCast:UnboxAny BoxAndCast:Interfaces BoxAndCast:Swapped
// stress: F
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

/// Boxes of nullable and other values, casts to classes, interfaces and arrays.
public static class BoxAndCast
{
    struct Holder : IComparable
    {
        public string Name;
        public long Value;

        public int CompareTo(object o) { return Value.CompareTo(((Holder)o).Value); }
    }

    class Animal { }

    sealed class Cat : Animal, IDisposable
    {
        public void Dispose() { }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static object BoxNullable(int? x) { return x; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int? UnboxNullable(object o) { return (int?)o; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static object BoxStruct(string name, long value) { return new Holder { Name = name, Value = value }; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long UnboxStruct(object o)
    {
        Holder h = (Holder)o;
        return h.Value + h.Name.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Is(object o)
    {
        return (o is Animal ? 1 : 0) + (o is Cat ? 2 : 0) + (o is IDisposable ? 4 : 0) + (o is string ? 8 : 0)
            + (o is int ? 16 : 0) + (o is int[] ? 32 : 0) + (o is object[] ? 64 : 0) + (o is IEnumerable<object> ? 128 : 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string As(object o)
    {
        try
        {
            IComparable c = (IComparable)o;
            string s = o as string;
            return s ?? (c == null ? "null" : "other");
        }
        catch (InvalidCastException)
        {
            return "bad";
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T UnboxAny<T>(object o) { return (T)o; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Interfaces(object a, object b) { return ((IComparable)a).CompareTo(b); }

    // Both are made before either is used.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Swapped(int a, long b) { return string.Concat((object)b, (object)a, (object)(a + b), (object)'c'); }

    public static int Main()
    {
        if (BoxNullable(null) != null || (int)BoxNullable(5) != 5) return 1;
        if (UnboxNullable(null).HasValue || UnboxNullable(7).Value != 7) return 2;
        if (UnboxStruct(BoxStruct("abc", 40)) != 43) return 3;
        if (Is(new Cat()) != 7 || Is(new Animal()) != 1 || Is("s") != 8 || Is(5) != 16 || Is(null) != 0) return 4;
        if (Is(new int[1]) != 32 || Is(new string[1]) != 192) return 5;
        if (As("s") != "s" || As(null) != "null" || As(5) != "other" || As(new Animal()) != "bad") return 6;
        if (UnboxAny<int>(5) != 5 || UnboxAny<string>("s") != "s" || UnboxAny<int?>(null) != null || UnboxAny<long?>(5L) != 5) return 7;
        if (UnboxAny<Holder>(BoxStruct("q", 1)).Name != "q") return 8;
        try
        {
            UnboxAny<long>(5);
            return 9;
        }
        catch (InvalidCastException)
        {
        }
        if (Interfaces(BoxStruct("a", 1), BoxStruct("b", 2)) != -1 || Interfaces(3, 3) != 0) return 10;
        if (Swapped(1, 2) != "213c") return 11;
        return 100;
    }
}
