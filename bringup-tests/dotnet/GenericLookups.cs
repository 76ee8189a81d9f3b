// methods: GenericLookups:Run GenericLookups:Make GenericLookups:MakeArray GenericLookups:TypeName GenericLookups:IsA GenericLookups:CastTo GenericLookups:Pair GenericLookups:Fallback
// stress: F
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

/// Shared generic methods look up their types: new objects and arrays, types, casts, other generic methods.
public static class GenericLookups
{
    sealed class Item
    {
        public int Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static List<T> Make<T>(T first)
    {
        List<T> list = new List<T>();
        list.Add(first);
        return list;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T[] MakeArray<T>(int n, T last)
    {
        T[] array = new T[n];
        array[n - 1] = last;
        return array;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string TypeName<T>() { return typeof(T).Name; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool IsA<T>(object o) { return o is T; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T CastTo<T>(object o) { return (T)o; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static KeyValuePair<T, U> Pair<T, U>(T a, U b) { return new KeyValuePair<T, U>(a, b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T Fallback<T>(object o, T other)
    {
        try
        {
            return CastTo<T>(o);
        }
        catch (InvalidCastException)
        {
            return other;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Run<T>(T a, T b, object wrong)
    {
        List<T> list = Make(a);
        list.Add(b);
        T[] array = MakeArray(3, b);
        Dictionary<T, T[]> map = new Dictionary<T, T[]>();
        map[a] = array;
        map[b] = list.ToArray();
        int n = list.Count * 1000 + array.Length * 100;
        if (IsA<T>(a) && !IsA<T>(wrong)) n += 10;
        if (Equals(Fallback<T>(wrong, b), b)) n += 1;
        if (map[b].Length != 2 || map[a].Length != 3) n += 1000000;
        KeyValuePair<T, T[]> pair = Pair(a, map[b]);
        if (!Equals(pair.Key, pair.Value[0])) n += 2000000;
        return n;
    }

    public static int Main()
    {
        if (Run("a", "b", new Item()) != 2311) return 1;
        if (Run(new Item { Value = 1 }, new Item { Value = 2 }, "x") != 2311) return 2;
        if (Run(1, 2, "x") != 2311) return 3;
        if (Run<object[]>(new object[1], new object[2], "x") != 2311) return 4;
        if (TypeName<string>() != "String" || TypeName<Item>() != "Item" || TypeName<int>() != "Int32") return 5;
        if (TypeName<List<string>>() != "List`1") return 6;
        if (CastTo<string>("s") != "s" || CastTo<Item>(null) != null) return 7;
        if (MakeArray<string>(2, "z").GetType() != typeof(string[])) return 8;
        if (MakeArray<Item>(2, null).GetType() != typeof(Item[])) return 9;
        return 100;
    }
}
