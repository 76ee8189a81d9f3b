using System;
using System.Runtime.CompilerServices;

/// What `tatsu dotnet` and `tatsu dotnet-bisect` are tried with; the first argument says what to do.
public static class Tools
{
    // The number that DOTNET_TatsuHashRange knows a method by.
    static uint Hash(string name)
    {
        uint hash = 0x811c9dc5;
        foreach (char c in name) hash = (hash ^ c) * 0x01000193;
        return hash;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Culprit(int x)
    {
        return x + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Innocent(int x)
    {
        return x * 3;
    }

    // Behaves as if compiling Culprit with Tatsu broke it.
    static int Broken()
    {
        bool altjit = Environment.GetEnvironmentVariable("DOTNET_AltJit") != null;
        string range = Environment.GetEnvironmentVariable("DOTNET_TatsuHashRange");
        int right = Innocent(Culprit(1));
        if (!altjit || range == null) return right;
        int dash = range.IndexOf('-');
        uint low = Convert.ToUInt32(range.Substring(0, dash), 16);
        uint high = Convert.ToUInt32(range.Substring(dash + 1), 16);
        uint hash = Hash("Tools:Culprit(int)");
        return low <= hash && hash <= high ? right + 1 : right;
    }

    static void Die()
    {
        Environment.FailFast("as asked");
    }

    public static int Main(string[] args)
    {
        switch (args.Length == 0 ? "" : args[0])
        {
            case "echo":
                Console.WriteLine(string.Join("|", args) + " " + Environment.GetEnvironmentVariable("TATSU_TEST"));
                Console.WriteLine(Console.ReadLine());
                Console.Error.WriteLine("to standard error");
                return args.Length + 40;
            case "broken":
                Console.WriteLine(Broken());
                return 0;
            case "die":
                Die();
                return 1;
            default:
                return 100;
        }
    }
}
