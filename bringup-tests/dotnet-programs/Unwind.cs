using System;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

/// Exceptions through compiled frames: what is thrown where, and what the stack traces say.
public static class Unwind
{
    class Node
    {
        public Node Next;
        public int Value;
        public virtual int Get() { return Value; }
    }

    unsafe struct Wide
    {
        public fixed long Cells[600];
        public int Last;
    }

    sealed class WideBox
    {
        public Wide Content;
    }

    struct Three
    {
        public object A;
        public long B;
        public object C;
    }

    sealed class ThreeBox
    {
        public Three Content;
    }

    static int counter;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Inner(int n)
    {
        counter++;
        if (n == 0)
        {
            throw new InvalidOperationException("from the innermost");
        }
        int result = Inner(n - 1);
        return result + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Middle(int n, double d, object o)
    {
        string text = o.ToString();
        int result =
            Inner(n);
        return result + text.Length + (int)d;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int WithFinally(int n)
    {
        int before = counter;
        try
        {
            return Middle(n, 2.5, n) + before;
        }
        finally
        {
            counter += 100;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Rethrow(int n)
    {
        try
        {
            return WithFinally(n);
        }
        catch (InvalidOperationException)
        {
            counter += 1000;
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Wrap(int n)
    {
        try
        {
            return Rethrow(n);
        }
        catch (Exception e) when (e.Message.Length > 3)
        {
            throw new ArgumentException("wrapped", e);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ReadField(Node node) { return node.Value; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void WriteField(Node node) { node.Next = node; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int CallVirtual(Node node) { int x = node.Get(); return x + 1; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ReadArray(int[] array, int i) { return array[i]; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Length(int[] array) { return array.Length; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int ReadFar(WideBox box) { return box.Content.Last; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Three CopyStruct(ThreeBox box) { return box.Content; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Divide(int a, int b) { return a / b; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Add(int a, int b) { return checked(a + b); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Node Cast(object o) { return (Node)o; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Store(object[] array, object value) { array[0] = value; }

    // Methods with offsets in their IL: what line numbers are made from.
    static void Trace(Exception e)
    {
        foreach (StackFrame frame in new StackTrace(e).GetFrames())
        {
            MethodBase method = frame.GetMethod();
            bool ours = method.DeclaringType == typeof(Unwind);
            Console.WriteLine("   " + method.Name + (ours ? " at IL " + frame.GetILOffset() : ""));
        }
    }

    static void Show(string what, Action action)
    {
        try
        {
            action();
            Console.WriteLine(what + ": nothing");
        }
        catch (Exception e)
        {
            Console.WriteLine(what + ": " + e.GetType() + ": " + e.Message);
            Trace(e);
            for (Exception inner = e.InnerException; inner != null; inner = inner.InnerException)
            {
                Console.WriteLine("inner: " + inner.GetType() + ": " + inner.Message);
                Trace(inner);
            }
        }
    }

    public static int Main()
    {
        Show("callee", () => Middle(3, 1.5, "x"));
        Show("finally", () => WithFinally(2));
        Show("rethrow", () => Rethrow(1));
        Show("wrap", () => Wrap(0));
        Show("read field", () => ReadField(null));
        Show("write field", () => WriteField(null));
        Show("call", () => CallVirtual(null));
        Show("array", () => ReadArray(null, 0));
        Show("index", () => ReadArray(new int[3], 3));
        Show("length", () => Length(null));
        Show("far field", () => ReadFar(null));
        Show("struct", () => CopyStruct(null));
        Show("divide", () => Divide(1, 0));
        Show("minimum", () => Divide(int.MinValue, -1));
        Show("overflow", () => Add(int.MaxValue, 1));
        Show("cast", () => Cast("text"));
        Show("store", () => Store(new string[1], new object()));
        Console.WriteLine("counter " + counter);
        return 100;
    }
}
