using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;

/// Allocates all the time while a second thread collects all the time; every result is checked. Argument: seconds.
public static class GcLong
{
    sealed class Tree
    {
        public Tree Left, Right;
        public int Value;
        public string Name;
    }

    struct Pair
    {
        public object First;
        public long Number;
        public int[] Rest;
    }

    interface IShape
    {
        int Area(int scale);
    }

    sealed class Square : IShape
    {
        readonly int[] side;
        public Square(int n) { side = new int[] { n }; }
        public int Area(int scale) { return side[0] * side[0] * scale; }
    }

    sealed class Box : IShape
    {
        readonly object a, b;
        public Box(int x, int y) { a = x; b = y; }
        public int Area(int scale) { return (int)a * (int)b * scale; }
    }

    static volatile bool stop;
    static long collections;
    public static object shared;

    static Tree Build(int depth, int value)
    {
        if (depth == 0) return null;
        Tree tree = new Tree();
        tree.Value = value;
        tree.Left = Build(depth - 1, 2 * value);
        tree.Name = "n" + value;
        tree.Right = Build(depth - 1, 2 * value + 1);
        return tree;
    }

    static long Sum(Tree tree)
    {
        if (tree == null) return 0;
        return tree.Value + Sum(tree.Left) + Sum(tree.Right) + tree.Name.Length;
    }

    static Pair MakePair(int i)
    {
        Pair pair;
        pair.First = i.ToString();
        pair.Number = i;
        pair.Rest = new int[] { i, i + 1, i + 2 };
        return pair;
    }

    static long Pairs(int n)
    {
        var pairs = new Pair[n];
        for (int i = 0; i < n; i++) pairs[i] = MakePair(i);
        Pair[] copy = (Pair[])pairs.Clone();
        Array.Reverse(copy);
        long sum = 0;
        foreach (Pair pair in copy) sum += pair.Number + pair.Rest[2] + ((string)pair.First).Length;
        return sum;
    }

    static long Words(int n)
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < n; i++)
        {
            string word = new StringBuilder().Append('w').Append(i % 37).ToString();
            int count;
            counts.TryGetValue(word, out count);
            counts[word] = count + 1;
        }
        long sum = 0;
        foreach (KeyValuePair<string, int> entry in counts) sum += entry.Key.Length * entry.Value;
        return sum;
    }

    // An interior pointer is all that is left of its array.
    static void Bump(ref int place, int n)
    {
        for (int i = 0; i < n; i++)
        {
            shared = new byte[i % 100];
            place += 1;
        }
    }

    static int Interior()
    {
        int[] last = null;
        int sum = 0;
        for (int i = 0; i < 10; i++)
        {
            int[] cells = new int[16];
            Bump(ref cells[i], 50);
            Bump(ref cells[15], 7);
            sum += cells[i] + cells[15];
            last = cells;
        }
        return sum + last.Length;
    }

    static long Shapes(int n)
    {
        var shapes = new List<IShape>();
        for (int i = 0; i < n; i++) shapes.Add(i % 2 == 0 ? (IShape)new Square(i) : new Box(i, 2));
        long sum = 0;
        foreach (IShape shape in shapes) sum += shape.Area(3);
        return sum;
    }

    static int Caught(int n)
    {
        int sum = 0;
        for (int i = 0; i < n; i++)
        {
            string text = "t" + i;
            try
            {
                if (i % 3 == 0) throw new InvalidOperationException(text);
                if (i % 3 == 1) sum += ((object[])(object)new string[] { text })[0].ToString().Length;
                else sum += new int[1][i % 2 + 1 > 1 ? 0 : 0];
            }
            catch (InvalidOperationException e)
            {
                sum += e.Message == text ? 1 : 1000000;
            }
            finally
            {
                sum += text.Length;
            }
        }
        return sum;
    }

    static Func<int, int> Closure(int[] captured)
    {
        return x => x + captured[0];
    }

    static int Closures(int n)
    {
        var all = new List<Func<int, int>>();
        for (int i = 0; i < n; i++) all.Add(Closure(new int[] { i }));
        int sum = 0;
        foreach (Func<int, int> f in all) sum += f(1);
        return sum;
    }

    static void Collect()
    {
        for (int i = 0; !stop; i++)
        {
            GC.Collect();
            collections++;
            if (i % 16 == 0) Thread.Sleep(1);
        }
    }

    static long[] Round()
    {
        return new long[]
        {
            Sum(Build(9, 1)), Pairs(200), Words(300), Interior(), Shapes(100), Caught(30), Closures(50)
        };
    }

    public static int Main(string[] args)
    {
        int seconds = args.Length > 0 ? int.Parse(args[0]) : 5;
        long[] expected = Round();
        var names = new[] { "Sum", "Pairs", "Words", "Interior", "Shapes", "Caught", "Closures" };
        // Values that do not depend on any compiler.
        if (expected[0] != 511L * 512 / 2 + NameLengths() || expected[3] != 10 * 57 + 16) return 2;
        Thread collector = new Thread(Collect);
        collector.Start();
        int start = Environment.TickCount;
        int rounds = 0;
        while (Environment.TickCount - start < seconds * 1000)
        {
            long[] found = Round();
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] == expected[i]) continue;
                Console.WriteLine(names[i] + ": " + found[i] + ", not " + expected[i] + ", in round " + rounds);
                stop = true;
                return 3;
            }
            rounds++;
        }
        stop = true;
        collector.Join();
        Console.WriteLine("values " + string.Join(" ", expected));
        Console.Error.WriteLine(rounds + " rounds, " + collections + " collections asked for, " + GC.CollectionCount(0) + " done");
        return rounds > 0 && collections > 0 ? 100 : 4;
    }

    static long NameLengths()
    {
        long sum = 0;
        for (int value = 1; value < 512; value++) sum += 1 + value.ToString().Length;
        return sum;
    }
}
