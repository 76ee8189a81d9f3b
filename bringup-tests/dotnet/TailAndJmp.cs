// methods: TailAndJmp:Call TailAndJmpCode:Sum TailAndJmpCode:Even TailAndJmpCode:Odd TailAndJmpCode:Many TailAndJmpCode:Text TailAndJmpCode:Jump TailAndJmpCode:JumpMany TailAndJmpCode:JumpBack
using System;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

/// `tail.` and `jmp`, which no C# becomes: the code is made at run time. Two million tail calls need one frame.
public static class TailAndJmp
{
    const int Deep = 2000000;

    static MethodBuilder Define(TypeBuilder t, string name, Type ret, params Type[] args)
    {
        return t.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, ret, args);
    }

    static void TailCall(ILGenerator il, MethodInfo to)
    {
        il.Emit(OpCodes.Tailcall);
        il.Emit(to.IsVirtual ? OpCodes.Callvirt : OpCodes.Call, to);
        il.Emit(OpCodes.Ret);
    }

    // long Sum(int n, long all): n == 0 ? all : tail Sum(n - 1, all + n)
    static void Sum(TypeBuilder t)
    {
        MethodBuilder m = Define(t, "Sum", typeof(long), typeof(int), typeof(long));
        ILGenerator il = m.GetILGenerator();
        Label more = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Brtrue, more);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(more);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Add);
        TailCall(il, m);
    }

    // bool Even(int n): n == 0 ? yes : tail Odd(n - 1), and the reverse
    static void EvenOdd(TypeBuilder t)
    {
        MethodBuilder even = Define(t, "Even", typeof(bool), typeof(int));
        MethodBuilder odd = Define(t, "Odd", typeof(bool), typeof(int));
        for (int i = 0; i < 2; i++)
        {
            ILGenerator il = (i == 0 ? even : odd).GetILGenerator();
            Label more = il.DefineLabel();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Brtrue, more);
            il.Emit(i == 0 ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ret);
            il.MarkLabel(more);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Sub);
            TailCall(il, i == 0 ? odd : even);
        }
    }

    // Arguments on the stack, and a pointer among them: they move round by one until the first is 0.
    static void Many(TypeBuilder t)
    {
        Type i4 = typeof(int);
        MethodBuilder m = Define(t, "Many", typeof(string), i4, i4, i4, i4, i4, i4, i4, typeof(string), i4);
        ILGenerator il = m.GetILGenerator();
        Label more = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Brtrue, more);
        il.Emit(OpCodes.Ldarg, (short)7);
        for (int i = 1; i < 9; i++)
        {
            if (i == 7) continue;
            il.Emit(OpCodes.Ldarga, (short)i);
            il.Emit(OpCodes.Call, typeof(int).GetMethod("ToString", Type.EmptyTypes));
            il.Emit(OpCodes.Call, typeof(string).GetMethod("Concat", new[] { typeof(string), typeof(string) }));
        }
        il.Emit(OpCodes.Ret);
        il.MarkLabel(more);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        foreach (short i in new short[] { 2, 3, 4, 5, 6, 8, 7, 1 }) il.Emit(OpCodes.Ldarg, i);
        TailCall(il, m);
    }

    // string Text(object o): tail o.ToString()
    static void Text(TypeBuilder t)
    {
        ILGenerator il = Define(t, "Text", typeof(string), typeof(object)).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        TailCall(il, typeof(object).GetMethod("ToString"));
    }

    // Jump(a, b, s): a += 1, jmp Target
    static void Jump(TypeBuilder t)
    {
        MethodBuilder m = Define(t, "Jump", typeof(string), typeof(int), typeof(long), typeof(string));
        ILGenerator il = m.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg, (short)0);
        il.Emit(OpCodes.Jmp, typeof(TailAndJmp).GetMethod("Target"));
        // JumpMany: arguments on the stack stay where they are.
        Type[] many = { typeof(int), typeof(int), typeof(int), typeof(int), typeof(int), typeof(int), typeof(int), typeof(string) };
        m = Define(t, "JumpMany", typeof(string), many);
        il = m.GetILGenerator();
        il.Emit(OpCodes.Ldstr, "changed");
        il.Emit(OpCodes.Starg, (short)7);
        il.Emit(OpCodes.Jmp, typeof(TailAndJmp).GetMethod("TargetOfMany"));
        // JumpBack(n, d): n == 0 ? d : jmp to itself with n - 1 and d + 0.5
        m = Define(t, "JumpBack", typeof(double), typeof(int), typeof(double));
        il = m.GetILGenerator();
        Label more = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Brtrue, more);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(more);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Starg, (short)0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_R8, 0.5);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg, (short)1);
        il.Emit(OpCodes.Jmp, m);
    }

    public static string Target(int a, long b, string s)
    {
        GC.Collect();
        return s + a + b;
    }

    public static string TargetOfMany(int a, int b, int c, int d, int e, int f, int g, string s)
    {
        return s + a + b + c + d + e + f + g;
    }

    public delegate string OfMany(int a, int b, int c, int d, int e, int f, int g, string s);

    public delegate string OfNine(int a, int b, int c, int d, int e, int f, int g, string s, int h);

    static T Made<T>(Type t, string name) where T : class
    {
        return (T)(object)t.GetMethod(name).CreateDelegate(typeof(T));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Call(Type t)
    {
        if (Made<Func<int, long, long>>(t, "Sum")(Deep, 5) != (long)Deep * (Deep + 1) / 2 + 5) return 1;
        if (!Made<Func<int, bool>>(t, "Even")(Deep) || Made<Func<int, bool>>(t, "Odd")(Deep)) return 2;
        if (Made<OfNine>(t, "Many")(Deep * 7 / 7, 1, 2, 3, 4, 5, 6, "s", 8) != Rotated(Deep)) return 3;
        if (Made<Func<object, string>>(t, "Text")(12.5m) != 12.5m.ToString()) return 4;
        if (Made<Func<int, long, string, string>>(t, "Jump")(4, 1L << 33, "x") != "x58589934592") return 5;
        if (Made<OfMany>(t, "JumpMany")(1, 2, 3, 4, 5, 6, 7, "s") != "changed1234567") return 6;
        if (Made<Func<int, double, double>>(t, "JumpBack")(Deep, 1) != 1 + Deep * 0.5) return 7;
        try
        {
            Made<Func<object, string>>(t, "Text")(null);
            return 8;
        }
        catch (NullReferenceException)
        {
            return 100;
        }
    }

    // What Many makes of 1 .. 6 and 8 after n rounds.
    static string Rotated(int n)
    {
        int[] v = { 1, 2, 3, 4, 5, 6, 8 };
        string s = "s";
        for (int i = 0; i < 7; i++) s += v[(i + n) % 7];
        return s;
    }

    public static int Main()
    {
        var name = new AssemblyName("TailAndJmpCode");
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.Run);
        TypeBuilder t = assembly.DefineDynamicModule("TailAndJmpCode").DefineType("TailAndJmpCode", TypeAttributes.Public);
        Sum(t);
        EvenOdd(t);
        Many(t);
        Text(t);
        Jump(t);
        return Call(t.CreateType());
    }
}
