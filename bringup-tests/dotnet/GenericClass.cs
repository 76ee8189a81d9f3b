// methods: GenericClass:Use GenericClass:CatchIt Box`1:.ctor Box`1:With Box`1:Count Box`1:Default Box`1:Describe Derived`2:Describe
// stress: F
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

/// Shared code of generic classes: the context is in `this`, statics belong to the exact class, constructors of classes run in time.
public class Box<T>
{
    static int count;
    static T last;
    static readonly List<T> all = new List<T>();
    [ThreadStatic] static int here;

    protected T value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Box(T value)
    {
        this.value = value;
        count++;
        here += 2;
        last = value;
        all.Add(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Box<U> With<U>(U other) { return new Box<U>(other); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Count() { return count * 100 + all.Count * 10 + here; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public T Default(bool empty) { return empty ? default(T) : last; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public virtual string Describe() { return typeof(T).Name; }
}

/// A class of two types over one of one.
public class Derived<T, U> : Box<U>
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Derived(U value) : base(value) { }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override string Describe() { return typeof(T).Name + base.Describe() + new List<KeyValuePair<T, U>>().GetType().GetGenericArguments().Length; }
}

/// The program.
public static class GenericClass
{
    class Problem<T> : Exception { }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Use<T>(T a, T b)
    {
        Box<T> box = new Box<T>(a);
        box = new Derived<string, T>(b);
        Box<string> other = box.With("s");
        return box.Describe() + other.Describe() + Box<T>.Count() + (Equals(box.Default(false), b) ? "!" : "?");
    }

    // The clause's class depends on the context, which is found while the frame is not running.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int CatchIt<T>(Exception e)
    {
        try
        {
            throw e;
        }
        catch (Problem<T>)
        {
            return 1;
        }
        catch (Problem<T[]>)
        {
            return 2;
        }
        catch (Exception)
        {
            return 3;
        }
    }

    public static int Main()
    {
        if (Use(new object(), new object()) != "StringObject1String224!") return 1;
        // The other box is one of strings too: it is counted, and is the last.
        if (Use("a", "b") != "StringString1String448?") return 2;
        if (Use(1, 2) != "StringInt321String224!") return 3;
        if (Box<string>.Count() != 560) return 4;
        if (new Derived<int, string>("q").Describe() != "Int32String1") return 5;
        if (new Box<GenericClassTag>(null).Default(true) != null) return 6;
        if (CatchIt<string>(new Problem<string>()) != 1) return 7;
        if (CatchIt<string>(new Problem<object>()) != 3) return 8;
        if (CatchIt<object>(new Problem<object>()) != 1) return 9;
        if (CatchIt<object>(new Problem<object[]>()) != 2) return 10;
        if (CatchIt<int>(new Problem<int>()) != 1) return 11;
        return 100;
    }

    sealed class GenericClassTag { }
}
