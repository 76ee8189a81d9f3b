// Line numbers in stack traces. The C# compiler at hand writes no portable PDB, so the program makes an assembly with one, whose
// methods throw at known lines, loads it, and compares what its traces say.
//
// Arguments: a folder for the assembly; "optimized", if the code is. Main returns 100 if every line is right, and prints the traces.
//
// The runtime looks up the byte in front of an instruction that faults. In optimized code that instruction may be the line's first,
// and what is in front is the line before: there the innermost line may be one too small.
using System;
using System.Diagnostics;
using System.Diagnostics.SymbolStore;
using System.IO;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

public static class Lines
{
    const string Source = "lined.txt";

    static bool optimized;

    sealed class Code
    {
        public ILGenerator IL;
        public ISymbolDocumentWriter Document;

        public Code Line(int line)
        {
            IL.MarkSequencePoint(Document, line, 1, line, 9);
            return this;
        }

        public Code Emit(params OpCode[] ops)
        {
            foreach (OpCode op in ops) IL.Emit(op);
            return this;
        }
    }

    static void Define(TypeBuilder t, ISymbolDocumentWriter document)
    {
        const MethodAttributes kind = MethodAttributes.Public | MethodAttributes.Static;
        Type i4 = typeof(int), a = typeof(int[]);
        Func<string, MethodBuilder> define = delegate(string name)
        {
            MethodBuilder m = t.DefineMethod(name, kind, i4, new[] { a, i4 });
            m.SetImplementationFlags(MethodImplAttributes.NoInlining);
            return m;
        };
        // A helper's exception: 10: v = 1; 11: v = v + a[i]; 12: return v
        MethodBuilder element = define("Element");
        var c = new Code { IL = element.GetILGenerator(), Document = document };
        c.IL.DeclareLocal(i4);
        c.Line(10).Emit(OpCodes.Ldc_I4_1, OpCodes.Stloc_0);
        c.Line(11).Emit(OpCodes.Ldloc_0, OpCodes.Ldarg_0, OpCodes.Ldarg_1, OpCodes.Ldelem_I4, OpCodes.Add, OpCodes.Stloc_0);
        c.Line(12).Emit(OpCodes.Ldloc_0, OpCodes.Ret);
        // A fault: 20: v = 7; 21: v = a.Length / i; 22: return v
        MethodBuilder divide = define("Divide");
        c = new Code { IL = divide.GetILGenerator(), Document = document };
        c.IL.DeclareLocal(i4);
        c.Line(20).Emit(OpCodes.Ldc_I4_7, OpCodes.Stloc_0);
        c.Line(21).Emit(OpCodes.Ldarg_0, OpCodes.Ldlen, OpCodes.Conv_I4, OpCodes.Ldarg_1, OpCodes.Div, OpCodes.Stloc_0);
        c.Line(22).Emit(OpCodes.Ldloc_0, OpCodes.Ret);
        // Calls on three lines, in a loop that ends with the exception: 30: i > 0? 31: element; 32: divide; 33: back
        MethodBuilder calls = define("Calls");
        c = new Code { IL = calls.GetILGenerator(), Document = document };
        c.IL.DeclareLocal(i4);
        Label again = c.IL.DefineLabel(), end = c.IL.DefineLabel();
        c.IL.MarkLabel(again);
        c.Line(30).Emit(OpCodes.Ldarg_1, OpCodes.Ldc_I4_M1);
        c.IL.Emit(OpCodes.Blt, end);
        c.Line(31).Emit(OpCodes.Ldarg_0, OpCodes.Ldarg_1);
        c.IL.Emit(OpCodes.Call, element);
        c.Emit(OpCodes.Stloc_0);
        c.Line(32).Emit(OpCodes.Ldloc_0, OpCodes.Ldarg_0, OpCodes.Ldarg_1);
        c.IL.Emit(OpCodes.Call, divide);
        c.Emit(OpCodes.Add, OpCodes.Stloc_0);
        c.Line(33).Emit(OpCodes.Ldarg_1, OpCodes.Ldc_I4_1, OpCodes.Sub);
        c.IL.Emit(OpCodes.Starg, (short)1);
        c.IL.Emit(OpCodes.Br, again);
        c.IL.MarkLabel(end);
        c.Line(34).Emit(OpCodes.Ldloc_0, OpCodes.Ret);
        // Through a handler: 40: try { 41: calls } finally { 42: v = 0 } 43: return v
        MethodBuilder guarded = define("Guarded");
        c = new Code { IL = guarded.GetILGenerator(), Document = document };
        c.IL.DeclareLocal(i4);
        c.Line(40);
        c.IL.BeginExceptionBlock();
        c.Emit(OpCodes.Nop);
        c.Line(41).Emit(OpCodes.Ldarg_0, OpCodes.Ldarg_1);
        c.IL.Emit(OpCodes.Call, calls);
        c.Emit(OpCodes.Stloc_0);
        c.IL.BeginFinallyBlock();
        c.Line(42).Emit(OpCodes.Ldc_I4_0, OpCodes.Stloc_0);
        c.IL.EndExceptionBlock();
        c.Line(43).Emit(OpCodes.Ldloc_0, OpCodes.Ret);
    }

    static void Write(string file, BlobBuilder blob)
    {
        using (Stream to = new FileStream(file, FileMode.Create))
        {
            blob.WriteContentTo(to);
        }
    }

    static string Make(string folder)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Lined"), typeof(object).Assembly);
        ModuleBuilder module = assembly.DefineDynamicModule("Lined");
        TypeBuilder t = module.DefineType("Lined", TypeAttributes.Public);
        Define(t, module.DefineDocument(Source, Guid.Empty));
        t.CreateType();
        BlobBuilder il, data;
        MetadataBuilder pdb;
        MetadataBuilder metadata = assembly.GenerateMetadata(out il, out data, out pdb);
        var symbols = new PortablePdbBuilder(pdb, metadata.GetRowCounts(), default(MethodDefinitionHandle), null);
        var blob = new BlobBuilder(256);
        BlobContentId id = symbols.Serialize(blob);
        Write(Path.Combine(folder, "Lined.pdb"), blob);
        var debug = new DebugDirectoryBuilder();
        debug.AddCodeViewEntry("Lined.pdb", id, symbols.FormatVersion);
        var root = new MetadataRootBuilder(metadata, null, false);
        var pe = new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), root, il, data, null, null, debug, 128,
            default(MethodDefinitionHandle), CorFlags.ILOnly, null);
        blob = new BlobBuilder(256);
        pe.Serialize(blob);
        string file = Path.Combine(folder, "Lined.dll");
        Write(file, blob);
        return file;
    }

    static bool Traced(Type t, string method, int[] a, int i, string want)
    {
        bool inner = optimized;
        var f = (Func<int[], int, int>)t.GetMethod(method).CreateDelegate(typeof(Func<int[], int, int>));
        string text = "";
        try
        {
            f(a, i);
            text = "nothing thrown";
        }
        catch (Exception e)
        {
            text = e.GetType().Name;
            foreach (StackFrame frame in new StackTrace(e, true).GetFrames())
            {
                MethodBase m = frame.GetMethod();
                if (m != null && m.DeclaringType == t)
                {
                    int line = frame.GetFileLineNumber();
                    if (inner && line % 10 == 0) line++;
                    inner = false;
                    text += " " + m.Name + ":" + line;
                }
            }
        }
        Console.WriteLine(text);
        return text == want;
    }

    public static int Main(string[] args)
    {
        optimized = args.Length > 1;
        Type t = Assembly.LoadFrom(Make(args[0])).GetType("Lined");
        int[] a = { 3, 4, 5, 6 };
        bool right = Traced(t, "Element", a, 9, "IndexOutOfRangeException Element:11")
            & Traced(t, "Element", null, 0, "NullReferenceException Element:11")
            & Traced(t, "Divide", a, 0, "DivideByZeroException Divide:21")
            & Traced(t, "Divide", null, 1, "NullReferenceException Divide:21")
            & Traced(t, "Calls", a, 3, "DivideByZeroException Divide:21 Calls:32")
            & Traced(t, "Calls", a, 4, "IndexOutOfRangeException Element:11 Calls:31")
            & Traced(t, "Guarded", a, 2, "DivideByZeroException Divide:21 Calls:32 Guarded:41")
            & Traced(t, "Guarded", null, 2, "NullReferenceException Element:11 Calls:31 Guarded:41");
        return right ? 100 : 1;
    }
}
