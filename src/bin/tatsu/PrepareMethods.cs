// Has every method of the assemblies named on the command line compiled: the program behind `tatsu dotnet-coverage`.
//
// Arguments: the number of the first type to prepare, then assemblies (paths, or names of framework assemblies).
// Output: a line "P done total" per type; done counts from 0 over all assemblies, in an order that does not change.
// A method that cannot be prepared (a type that does not load, a constraint) is passed over: that is the assembly's affair.
// Generic types and methods are prepared over object, and over int; those whose constraints forbid it are passed over.
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;

public static class PrepareMethods
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;
    const MethodImplAttributes NoIL = MethodImplAttributes.InternalCall | MethodImplAttributes.Runtime | MethodImplAttributes.Native;

    public static int Main(string[] args)
    {
        int first = int.Parse(args[0]);
        var types = new List<Type>();
        for (int i = 1; i < args.Length; i++)
        {
            types.AddRange(TypesOf(Load(args[i])));
        }
        TextWriter output = Console.Out;
        for (int i = first; i < types.Count; i++)
        {
            output.WriteLine("P " + i + " " + types.Count);
            output.Flush();
            foreach (Type type in Instances(types[i]))
            {
                PrepareAll(type);
            }
        }
        output.WriteLine("P " + types.Count + " " + types.Count);
        return 0;
    }

    static Assembly Load(string name)
    {
        if (name == "System.Private.CoreLib")
        {
            return typeof(object).Assembly;
        }
        return File.Exists(name) ? Assembly.LoadFrom(name) : Assembly.Load(name);
    }

    static List<Type> TypesOf(Assembly assembly)
    {
        Type[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            types = e.Types;
        }
        var loaded = new List<Type>();
        foreach (Type type in types)
        {
            if (type != null)
            {
                loaded.Add(type);
            }
        }
        return loaded;
    }

    static Type[] Fill(Type with, int count)
    {
        var types = new Type[count];
        for (int i = 0; i < count; i++)
        {
            types[i] = with;
        }
        return types;
    }

    static readonly Type[] Arguments = { typeof(object), typeof(int) };

    static IEnumerable<Type> Instances(Type type)
    {
        if (!type.IsGenericTypeDefinition)
        {
            yield return type;
            yield break;
        }
        foreach (Type with in Arguments)
        {
            Type made = null;
            try
            {
                made = type.MakeGenericType(Fill(with, type.GetGenericArguments().Length));
            }
            catch (Exception)
            {
            }
            if (made != null)
            {
                yield return made;
            }
        }
    }

    static void PrepareAll(Type type)
    {
        MethodInfo[] methods;
        ConstructorInfo[] constructors;
        try
        {
            methods = type.GetMethods(All);
            constructors = type.GetConstructors(All);
        }
        catch (Exception)
        {
            return;
        }
        foreach (ConstructorInfo constructor in constructors)
        {
            Prepare(constructor);
        }
        foreach (MethodInfo method in methods)
        {
            if (!method.IsGenericMethodDefinition)
            {
                Prepare(method);
                continue;
            }
            foreach (Type with in Arguments)
            {
                MethodInfo made = null;
                try
                {
                    made = method.MakeGenericMethod(Fill(with, method.GetGenericArguments().Length));
                }
                catch (Exception)
                {
                }
                if (made != null)
                {
                    Prepare(made);
                }
            }
        }
    }

    static void Prepare(MethodBase method)
    {
        if (method.IsAbstract || (method.Attributes & MethodAttributes.PinvokeImpl) != 0
            || (method.GetMethodImplementationFlags() & NoIL) != 0)
        {
            return;
        }
        try
        {
            Type owner = method.DeclaringType;
            Type[] ofType = owner.IsGenericType ? owner.GetGenericArguments() : Type.EmptyTypes;
            Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : Type.EmptyTypes;
            var handles = new RuntimeTypeHandle[ofType.Length + ofMethod.Length];
            for (int i = 0; i < handles.Length; i++)
            {
                handles[i] = (i < ofType.Length ? ofType[i] : ofMethod[i - ofType.Length]).TypeHandle;
            }
            if (handles.Length == 0)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
            else
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle, handles);
            }
        }
        catch (Exception)
        {
        }
    }
}
