// methods: TypedReferences:Set TypedReferences:Get TypedReferences:Kind TypedReferences:Through
using System;
using System.Runtime.CompilerServices;

/// References that know what they point to, made, passed on and asked.
public static class TypedReferences
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Set(TypedReference to, int value)
    {
        __refvalue(to, int) = value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Get(TypedReference from)
    {
        return __refvalue(from, string);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Type Kind(int before, TypedReference of)
    {
        return __reftype(of);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Through(int[] numbers, string text)
    {
        Set(__makeref(numbers[1]), 42);
        TypedReference reference = __makeref(text);
        if (Get(reference) != text || Kind(1, reference) != typeof(string))
            return 1;
        try
        {
            return __refvalue(reference, int);
        }
        catch (InvalidCastException)
        {
            return numbers[1] + numbers[0];
        }
    }

    public static int Main()
    {
        return Through(new int[] { 58, 0 }, "text");
    }
}
