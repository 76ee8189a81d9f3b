// methods: Delegates:MakeStatic Delegates:MakeInstance Delegates:MakeVirtual Delegates:MakeGeneric Delegates:Call Delegates:CallStruct Delegates:Closure Delegates:Combine
// stress: F
using System;
using System.Runtime.CompilerServices;

/// Delegates: to static, instance, virtual and generic methods, closures, several at once; called.
public static class Delegates
{
    delegate Big Grow(Big b, int by);

    struct Big
    {
        public long A, B, C;
        public string Name;
    }

    class Adder
    {
        public int By;

        public int Add(int x) { return x + By; }

        public virtual int Scale(int x) { return x * By; }

        public static int Twice(int x) { return x * 2; }

        public static T Same<T>(T x) { return x; }
    }

    class Other : Adder
    {
        public override int Scale(int x) { return x * By * 100; }
    }

    static Big GrowBy(Big b, int by)
    {
        b.A += by;
        b.C -= by;
        return b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Func<int, int> MakeStatic() { return Adder.Twice; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Func<int, int> MakeInstance(Adder a) { return a.Add; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Func<int, int> MakeVirtual(Adder a) { return a.Scale; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Func<T, T> MakeGeneric<T>() { return Adder.Same<T>; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Call(Func<int, int> f, int x) { return f(x) + f(-x) * 1000; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long CallStruct(int by)
    {
        Grow grow = GrowBy;
        Big b = grow(new Big { A = 1, B = 2, C = 3, Name = "n" }, by);
        return b.A * 100 + b.B * 10 + b.C + (b.Name == "n" ? 0 : 9999);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Closure(int x)
    {
        int calls = 0;
        Func<int, int> f = delegate(int y) { calls++; return x + y; };
        return f(1) + f(2) + calls * 100;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Combine(int n)
    {
        int sum = 0;
        Action<int> one = delegate(int x) { sum += x; };
        Action<int> two = delegate(int x) { sum += x * 10; };
        Action<int> both = one + two;
        both += one;
        both(n);
        both -= two;
        both(n);
        return sum;
    }

    public static int Main()
    {
        Adder a = new Adder { By = 3 };
        if (Call(MakeStatic(), 4) != 8 - 8000) return 1;
        if (Call(MakeInstance(a), 4) != 7 - 1000) return 2;
        if (Call(MakeVirtual(a), 4) != 12 - 12000) return 3;
        if (Call(MakeVirtual(new Other { By = 3 }), 4) != 1200 - 1200000) return 4;
        if (MakeGeneric<string>()("s") != "s" || MakeGeneric<int>()(5) != 5) return 5;
        if (CallStruct(5) != 600 + 20 - 2) return 6;
        if (Closure(10) != 223) return 7;
        if (Combine(1) != 14) return 8;
        try
        {
            MakeInstance(null);
            return 9;
        }
        catch (ArgumentException)
        {
        }
        catch (NullReferenceException)
        {
        }
        try
        {
            Call(null, 1);
            return 10;
        }
        catch (NullReferenceException)
        {
        }
        return 100;
    }
}
