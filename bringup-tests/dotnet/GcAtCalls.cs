// methods: GcAtCalls:Direct GcAtCalls:Found GcAtCalls:Casts
// stress: F
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

/// Collections during calls of every form, in methods with handlers: what waits at the call is found there.
public static class GcAtCalls
{
    interface IMaker<T>
    {
        T[] Make(T item, int n);
    }

    sealed class Maker<T> : IMaker<T>
    {
        public T[] Make(T item, int n)
        {
            T[] made = new T[n + 1];
            for (int i = 0; i < 4; i++) new byte[100 + i].GetHashCode();
            GC.Collect();
            made[n] = item;
            return made;
        }
    }

    sealed class Item
    {
        public int Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Direct(IMaker<Item> maker, int n)
    {
        Item first = new Item { Value = 1 }, second = new Item { Value = 20 };
        int sum = 0;
        try
        {
            for (int i = 0; i < n; i++)
            {
                Item[] made = maker.Make(second, i);
                sum += made[i].Value + first.Value + second.Value;
            }
            if (maker.Make(first, n)[n] != first) sum = -1;
        }
        catch (InvalidCastException)
        {
            return -first.Value;
        }
        return sum + first.Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Found<T>(IMaker<T> maker, T first, T second, int n) where T : class
    {
        int same = 0;
        try
        {
            for (int i = 0; i < n; i++)
            {
                T[] made = maker.Make(second, i);
                List<T> list = new List<T>(made);
                if (list[i] == second && made[i] != first) same++;
            }
        }
        finally
        {
            if (maker.Make(first, n)[n] == first) same += 100;
        }
        return same;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Casts(object maker, object item, int n)
    {
        int sum = 0;
        try
        {
            for (int i = 0; i < n; i++)
                if (((IMaker<Item>)maker).Make((Item)item, i)[i] == item && maker is IMaker<Item>) sum++;
            ((IMaker<Item>)item).Make(null, 1);
            return -1;
        }
        catch (InvalidCastException)
        {
            return sum + ((Item)item).Value;
        }
    }

    public static int Main()
    {
        if (Direct(new Maker<Item>(), 5) != 5 * 41 + 1) return 1;
        if (Found(new Maker<Item>(), new Item(), new Item(), 5) != 105) return 2;
        if (Found(new Maker<string>(), "a", "b", 3) != 103) return 3;
        if (Casts(new Maker<Item>(), new Item { Value = 7 }, 4) != 11) return 4;
        return 100;
    }
}
