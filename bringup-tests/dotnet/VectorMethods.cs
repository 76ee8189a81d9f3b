// methods: VectorMethods:Integers VectorMethods:Floats VectorMethods:Memory VectorMethods:Loop VectorMethods:Joins VectorMethods:Across VectorMethods:Wide
// framework
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

/// Methods of the vector classes, each lane against the same done with scalars.
public static class VectorMethods
{
    static readonly byte[] Bytes = new byte[256];
    static readonly float[] Numbers = { 1.5f, -2.25f, 0, 1000, -0.0f, float.NaN, 3, 8 };

    [MethodImpl(MethodImplOptions.NoInlining)]
    static T At<T>(Vector128<T> v, int i) where T : struct
    {
        return Unsafe.Add(ref Unsafe.As<Vector128<T>, T>(ref v), i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Integers(Vector128<int> a, Vector128<int> b, Vector128<byte> c, Vector128<byte> d, int n)
    {
        Vector128<int> same = a;
        for (int i = 0; i < 4; i++)
        {
            int x = At(a, i), y = At(b, i);
            if (At(a + b, i) != x + y || At(a - b, i) != x - y || At(a * b, i) != x * y) return 1;
            if (At(a & b, i) != (x & y) || At(a | b, i) != (x | y) || At(a ^ b, i) != (x ^ y) || At(~a, i) != ~x) return 2;
            if (At(-a, i) != -x || At(Vector128.Abs(a), i) != Math.Abs(x)) return 3;
            if (At(Vector128.Min(a, b), i) != Math.Min(x, y) || At(Vector128.Max(a, b), i) != Math.Max(x, y)) return 4;
            if (At(Vector128.ShiftLeft(a, n), i) != x << n || At(Vector128.ShiftRightArithmetic(a, n), i) != x >> n) return 5;
            if (At(Vector128.ShiftRightLogical(a, n), i) != (int)((uint)x >> n)) return 6;
            if (At(Vector128.GreaterThan(a, b), i) != (x > y ? -1 : 0)) return 7;
            if (At(Vector128.AndNot(a, b), i) != (x & ~y)) return 8;
            if (At(Vector128.ConditionalSelect(a, b, Vector128.Create(n)), i) != ((x & y) | (~x & n))) return 9;
            if (At(Vector128.Create(n), i) != n || At(Vector128<int>.Zero, i) != 0 || At(Vector128<int>.AllBitsSet, i) != -1) return 10;
        }
        for (int i = 0; i < 16; i++)
        {
            byte x = At(c, i), y = At(d, i);
            if (At(c + d, i) != (byte)(x + y) || At(Vector128.Min(c, d), i) != Math.Min(x, y)) return 11;
            if (At(Vector128.LessThan(c, d), i) != (x < y ? 255 : 0)) return 12;
            if (((Vector128.ExtractMostSignificantBits(c) >> i) & 1) != x >> 7) return 13;
            if (At(Vector128.ShiftRightLogical(c, 3), i) != x >> 3) return 14;
            short wide = i < 8 ? At(Vector128.WidenLower(c.AsSByte()), i) : At(Vector128.WidenUpper(c.AsSByte()), i - 8);
            ushort unsigned = i < 8 ? At(Vector128.WidenLower(c), i) : At(Vector128.WidenUpper(c), i - 8);
            if (wide != (sbyte)x || unsigned != x) return 15;
        }
        if (Vector128.EqualsAll(a, b) || !Vector128.EqualsAll(a, same) || a == b || !(a == same) || !(a != b) || a != same) return 16;
        if (Vector128.GreaterThanAny(a, a) || !Vector128.GreaterThanOrEqualAll(b, b)) return 17;
        if (Vector128.GetElement(a, 2) != At(a, 2) || Vector128.ToScalar(c) != At(c, 0)) return 18;
        if (At(Vector128.WithElement(a, 3, n), 3) != n || At(Vector128.CreateScalar(n), 0) != n || At(Vector128.CreateScalar(n), 1) != 0) return 19;
        Vector128<int> made = Vector128.Create(n, 2, n + 2, 4);
        if (At(made, 0) != n || At(made, 1) != 2 || At(made, 2) != n + 2 || At(made, 3) != 4) return 20;
        return Vector128<short>.Count == 8 && Vector128<long>.Count == 2 ? 0 : 21;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Floats(Vector128<float> a, Vector128<float> b)
    {
        for (int i = 0; i < 4; i++)
        {
            float x = At(a, i), y = At(b, i);
            if (!At(a + b, i).Equals(x + y) || !At(a - b, i).Equals(x - y)) return 31;
            if (!At(a * b, i).Equals(x * y) || !At(a / b, i).Equals(x / y)) return 32;
            if (!At(Vector128.Sqrt(a), i).Equals((float)Math.Sqrt(x)) || !At(-a, i).Equals(-x)) return 33;
            if (BitConverter.SingleToInt32Bits(At(-a, i)) != (BitConverter.SingleToInt32Bits(x) ^ int.MinValue)) return 34;
            if ((At(Vector128.LessThan(a, b).AsInt32(), i) != 0) != x < y) return 35;
            if ((At(Vector128.Equals(a, b).AsInt32(), i) != 0) != (x == y)) return 36;
            if (!At(Vector128.Floor(a), i).Equals((float)Math.Floor(x))) return 37;
        }
        Vector128<float> same = a;
        return (a == same) == !float.IsNaN(At(a, 1)) && Vector128.ToScalar(a).Equals(At(a, 0)) ? 0 : 38;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe int Memory(byte[] bytes, int at)
    {
        Vector128<byte> a = Vector128.LoadUnsafe(ref bytes[0], (UIntPtr)at);
        Vector128.StoreUnsafe(a, ref bytes[100]);
        fixed (byte* p = bytes)
        {
            Vector128<byte> b = Vector128.Load<byte>(p + 100);
            if (a != b) return 41;
            Vector128.Store<byte>(a + b, p + 120);
            for (int i = 0; i < 16; i++)
                if (bytes[120 + i] != (byte)(2 * bytes[at + i]) || bytes[100 + i] != bytes[at + i]) return 42;
        }
        var array = new Vector128<byte>[] { a, default(Vector128<byte>) };
        array[1] = array[0] ^ a;
        return array[1] == Vector128<byte>.Zero ? 0 : 43;
    }

    /// A vector that is changed in a loop, across calls and branches.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Loop(byte[] bytes, byte wanted)
    {
        Vector128<byte> value = Vector128.Create(wanted);
        Vector128<byte> count = Vector128<byte>.Zero, before = count;
        for (int i = 0; i + 16 <= bytes.Length; i += 16)
        {
            Vector128<byte> found = Vector128.Equals(Vector128.LoadUnsafe(ref bytes[i]), value);
            if (found != Vector128<byte>.Zero)
            {
                before = count;
                count -= found;
            }
            else if (At(count, 0) > 200)
            {
                return 51;
            }
        }
        int sum = 0, sumBefore = 0;
        for (int i = 0; i < 16; i++)
        {
            sum += At(count, i);
            sumBefore += At(before, i);
        }
        int want = 0;
        foreach (byte b in bytes)
            want += b == wanted ? 1 : 0;
        return sum == want && sumBefore < sum ? 0 : 52;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Joins(Vector64<short> low, Vector64<short> high)
    {
        Vector128<short> whole = Vector128.Create(low, high);
        if (Vector128.GetLower(whole) != low || Vector128.GetUpper(whole) != high) return 61;
        Vector64<sbyte> narrow = Vector64.Narrow(low, high);
        for (int i = 0; i < 4; i++)
            if (Vector64.ToScalar(narrow) != (sbyte)Vector64.ToScalar(low)) return 62;
        return Vector64.EqualsAll(low + high, high + low) ? 0 : 63;
    }

    /// A vector that lives in a handler, and one that is changed in a try.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Across(Vector128<int> a, object nothing)
    {
        Vector128<int> sum = a;
        try
        {
            sum += a;
            nothing.ToString();
            sum += a;
        }
        catch (NullReferenceException)
        {
            sum += Vector128.Create(1);
        }
        return At(sum, 1) == 2 * At(a, 1) + 1 ? 0 : 71;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Wide(int[] numbers)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        for (int i = 0; i + 8 <= numbers.Length; i += 8)
            sum += Vector256.LoadUnsafe(ref numbers[0], (UIntPtr)i) * Vector256.Create(3);
        Vector128<int> half = Vector256.GetLower(sum) + Vector256.GetUpper(sum);
        int total = At(half, 0) + At(half, 1) + At(half, 2) + At(half, 3), want = 0;
        foreach (int n in numbers)
            want += 3 * n;
        Vector<int> one = Vector.LoadUnsafe(ref numbers[0]), other = one + Vector<int>.Zero;
        if (Vector<int>.Count != Unsafe.SizeOf<Vector<int>>() / 4) return 81;
        return total == want && Vector256.EqualsAll(sum, sum) && other == one ? 0 : 82;
    }

    static bool WhereThere(Func<int> test, ref int failed)
    {
        try
        {
            failed = test();
        }
        catch (MissingMethodException)
        {
            // A trimmed framework does not have every method.
            failed = 0;
        }
        return failed == 0;
    }

    public static int Main()
    {
        for (int i = 0; i < Bytes.Length; i++)
            Bytes[i] = (byte)(i * 37 % 23 * 11);
        int failed = 0;
        Vector128<int> a = Vector128.LoadUnsafe(ref Unsafe.As<byte, int>(ref Bytes[3]));
        Vector128<int> b = Vector128.LoadUnsafe(ref Unsafe.As<byte, int>(ref Bytes[50]));
        Vector128<float> f = Vector128.LoadUnsafe(ref Numbers[0]), g = Vector128.LoadUnsafe(ref Numbers[4]);
        if (!WhereThere(() => Integers(a, b, a.AsByte(), b.AsByte(), 5), ref failed)) return failed;
        if (!WhereThere(() => Integers(b, a, b.AsByte(), a.AsByte(), 29), ref failed)) return failed;
        if (!WhereThere(() => Floats(f, g), ref failed)) return failed;
        if (!WhereThere(() => Floats(g, f), ref failed)) return failed;
        if (!WhereThere(() => Memory(Bytes, 7), ref failed)) return failed;
        if (!WhereThere(() => Loop(Bytes, 33), ref failed)) return failed;
        if (!WhereThere(() => Joins(Vector64.Create((short)-3), Vector64.Create((short)70)), ref failed)) return failed;
        if (!WhereThere(() => Across(a, null), ref failed)) return failed;
        if (!WhereThere(() => Wide(new int[] { 1, 2, 3, 4, 5, 6, 7, 8, -9, 10, 11, 1 << 30, 13, 14, 15, 16 }), ref failed)) return failed;
        return 100;
    }
}
