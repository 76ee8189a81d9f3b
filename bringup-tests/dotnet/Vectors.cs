// methods: Vectors:Take Vectors:Give Vectors:Calls Vectors:Around Vectors:TakeHeld Vectors:GiveHeld
// framework
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

/// Vectors and 128-bit numbers as plain values: arguments, results, fields, elements, boxes. Each kind of call goes from Tatsu's
/// code to the stock JIT's, back, and within one.
public static class Vectors
{
    public struct Pair<T>
    {
        public T First;
        public T Second;
    }

    /// A vector behind a number, and in front of references.
    public struct Behind
    {
        public long Number;
        public Vector64<int> Vector;
    }

    public struct Held
    {
        public Vector128<int> Vector;
        public string Text;
        public object Other;
    }

    public class Holder<T>
    {
        public static T Static;
        public byte Small;
        public T Field;
        public T[] Elements = new T[3];
    }

    public static T Make<T>(int seed) where T : struct
    {
        T value = default(T);
        ref byte at = ref Unsafe.As<T, byte>(ref value);
        for (int i = 0; i < Unsafe.SizeOf<T>(); i++)
            Unsafe.Add(ref at, i) = (byte)(seed * 31 + i * 7 + 1);
        return value;
    }

    public static long Sum<T>(T value) where T : struct
    {
        long sum = 7;
        ref byte at = ref Unsafe.As<T, byte>(ref value);
        for (int i = 0; i < Unsafe.SizeOf<T>(); i++)
            sum = sum * 31 + Unsafe.Add(ref at, i);
        return sum;
    }

    public static bool Same<T>(T a, T b) where T : struct
    {
        return Sum(a) == Sum(b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Take<T>(int a, T v, double d, T w, float f, long b, byte c, T x, int i, long j, T y, int k) where T : struct
    {
        if (a != 1 || d != 2 || f != 3 || b != 4 || c != 5 || i != 6 || j != 7 || k != 8)
            return -1;
        return Sum(v) + 3 * Sum(w) + 5 * Sum(x) + 7 * Sum(y);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Give<T>(int a, T v, int b, T w, bool second) where T : struct
    {
        return second && a == 1 && b == 2 ? w : v;
    }

    /// Calls of both classes' methods, through a direct call, a delegate and a box.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool Calls<T>() where T : struct
    {
        T a = Make<T>(1), b = Make<T>(2);
        T[] all = { Make<T>(3), Make<T>(4) };
        long want = Sum(a) + 3 * Sum(b) + 5 * Sum(all[0]) + 7 * Sum(all[1]);
        if (Take(1, a, 2, b, 3, 4, 5, all[0], 6, 7, all[1], 8) != want)
            return false;
        if (VectorsStock.Take(1, a, 2, b, 3, 4, 5, all[0], 6, 7, all[1], 8) != want)
            return false;
        if (!Same(Give(1, a, 2, b, true), b) || !Same(VectorsStock.Give(1, a, 2, b, true), b))
            return false;
        Func<int, T, int, T, bool, T> ours = Give, theirs = VectorsStock.Give;
        return Same(ours(1, a, 2, b, false), a) && Same(theirs(1, a, 2, b, false), a);
    }

    /// Fields, statics, elements, boxes, references to them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool Around<T>() where T : struct
    {
        T a = Make<T>(5);
        var holder = new Holder<T> { Field = a };
        Holder<T>.Static = holder.Field;
        holder.Elements[1] = Holder<T>.Static;
        object box = holder.Elements[1];
        T? maybe = (T)box;
        ref T at = ref holder.Elements[2];
        at = maybe.Value;
        Pair<T> pair = new Pair<T> { First = at };
        pair.Second = pair.First;
        Pair<T> copy = pair;
        return Same(copy.Second, a) && holder.Small == 0 && Same(holder.Elements[0], default(T));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TakeHeld(Held h, int n, Held i)
    {
        GC.Collect();
        return h.Text.Length == 1 && i.Text.Length == 2 && (int)i.Other == n && Same(h.Vector, i.Vector);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Held GiveHeld(string text)
    {
        return new Held { Vector = Make<Vector128<int>>(9), Text = text, Other = 12 };
    }

    static bool All<T>() where T : struct
    {
        return Calls<T>() && VectorsStock.Calls<T>() && Around<T>();
    }

    /// A trimmed framework does not have every type; a method that names it does not begin.
    static bool WhereThere(Func<bool> test)
    {
        try
        {
            return test();
        }
        catch (TypeLoadException)
        {
            return true;
        }
    }

    static bool All1() { return All<Vector64<byte>>(); }
    static bool All2() { return All<Vector128<short>>(); }
    static bool All3() { return All<Vector256<int>>(); }
    static bool All4() { return All<Vector512<long>>(); }
    static bool All5() { return All<Vector<float>>(); }
    static bool All6() { return All<Vector2>(); }
    static bool All7() { return All<Vector3>(); }
    static bool All8() { return All<Vector4>(); }
    static bool All9() { return All<Int128>(); }
    static bool All10() { return All<UInt128>(); }
    static bool All11() { return All<Quaternion>(); }
    static bool All12() { return All<Plane>(); }
    static bool All13() { return All<Matrix3x2>(); }
    static bool All14() { return All<Matrix4x4>(); }
    static bool All15() { return All<Pair<Vector64<byte>>>(); }
    static bool All16() { return All<Pair<Vector128<byte>>>(); }
    static bool All17() { return All<Pair<Vector2>>(); }
    static bool All18() { return All<Pair<Vector4>>(); }
    static bool All19() { return All<Behind>(); }
    static bool All20() { return All<Pair<Int128>>(); }
    static bool All21() { return All<Pair<Pair<Vector64<byte>>>>(); }

    public static int Main()
    {
        Func<bool>[] tests =
        {
            All1, All2, All3, All4, All5, All6, All7,
            All8, All9, All10, All11, All12, All13, All14,
            All15, All16, All17, All18, All19, All20, All21,
        };
        for (int i = 0; i < tests.Length; i++)
        {
            if (!WhereThere(tests[i]))
                return i + 1;
        }
        Held a = GiveHeld("a"), b = VectorsStock.GiveHeld("bb");
        if (!TakeHeld(a, 12, b)) return 30;
        return VectorsStock.Held() ? 100 : 31;
    }
}

/// The same methods, compiled by the stock JIT where `Vectors`' are named.
public static class VectorsStock
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Take<T>(int a, T v, double d, T w, float f, long b, byte c, T x, int i, long j, T y, int k) where T : struct
    {
        if (a != 1 || d != 2 || f != 3 || b != 4 || c != 5 || i != 6 || j != 7 || k != 8)
            return -1;
        return Vectors.Sum(v) + 3 * Vectors.Sum(w) + 5 * Vectors.Sum(x) + 7 * Vectors.Sum(y);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Give<T>(int a, T v, int b, T w, bool second) where T : struct
    {
        return second && a == 1 && b == 2 ? w : v;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Calls<T>() where T : struct
    {
        T a = Vectors.Make<T>(1), b = Vectors.Make<T>(2);
        T[] all = { Vectors.Make<T>(3), Vectors.Make<T>(4) };
        long want = Vectors.Sum(a) + 3 * Vectors.Sum(b) + 5 * Vectors.Sum(all[0]) + 7 * Vectors.Sum(all[1]);
        return Vectors.Take(1, a, 2, b, 3, 4, 5, all[0], 6, 7, all[1], 8) == want
            && Vectors.Same(Vectors.Give(1, a, 2, b, true), b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vectors.Held GiveHeld(string text)
    {
        return new Vectors.Held { Vector = Vectors.Make<Vector128<int>>(9), Text = text, Other = 12 };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Held()
    {
        return Vectors.TakeHeld(Vectors.GiveHeld("c"), 12, GiveHeld("dd"));
    }
}
