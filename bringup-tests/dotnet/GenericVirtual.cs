// methods: GenericVirtual:Test Shape:Visit Round:Visit GenericVirtual:ByInterface GenericVirtual:Constrained GenericVirtual:Compare
// stress: F
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

/// A visitor by interface.
public interface IVisitable
{
    /// A generic method of an interface.
    string Visit<T>(T value);
}

/// Generic virtual methods.
public class Shape : IVisitable
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public virtual string Visit<T>(T value) { return "S" + typeof(T).Name + value; }
}

/// An override.
public class Round : Shape
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public override string Visit<T>(T value) { return "R" + typeof(T[]).Name + value; }
}

/// The program: generic virtual methods and calls through constraints.
public static class GenericVirtual
{
    struct Number : IComparable<Number>
    {
        public int Value;

        public int CompareTo(Number other) { return Value - other.Value; }

        public override string ToString() { return "N" + Value; }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Test<T>(Shape s, T value) { return s.Visit(value) + s.Visit(1) + s.Visit("x"); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string ByInterface<T>(IVisitable s, T value) { return s.Visit(value); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Constrained<T>(T value) { return value.ToString() + (value.GetHashCode() == value.GetHashCode()); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Compare<T>(T a, T b) where T : IComparable<T> { return a.CompareTo(b); }

    public static int Main()
    {
        if (Test(new Shape(), "v") != "SStringvSInt321SStringx") return 1;
        if (Test(new Round(), "v") != "RString[]vRInt32[]1RString[]x") return 2;
        if (Test(new Round(), 5L) != "RInt64[]5RInt32[]1RString[]x") return 3;
        if (ByInterface(new Shape(), 7) != "SInt327") return 4;
        if (ByInterface(new Round(), "q") != "RString[]q") return 5;
        if (Constrained("a") != "aTrue" || Constrained(3) != "3True") return 6;
        if (Constrained(new Number { Value = 4 }) != "N4True") return 7;
        if (Constrained(new KeyValuePair<string, int>("k", 1)) != "[k, 1]True") return 8;
        if (Compare("a", "b") >= 0 || Compare(5, 3) <= 0 || Compare(new Number { Value = 1 }, new Number()) != 1) return 9;
        try
        {
            Test<string>(null, "v");
            return 10;
        }
        catch (NullReferenceException)
        {
        }
        return 100;
    }
}
