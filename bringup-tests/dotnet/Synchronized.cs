// methods: Synchronized:Held Synchronized:HeldStatic Synchronized:Early Synchronized:Throws Synchronized:Pair Synchronized:Nested Synchronized:Add Synchronized:AddStatic
using System;
using System.Runtime.CompilerServices;
using System.Threading;

/// Methods that hold a monitor while they run: the object's, or the type's; given back whichever way they are left.
public sealed class Synchronized
{
    struct Two
    {
        public object First;
        public long Second;
    }

    int count;
    static int all;

    // A trimmed framework has no Monitor.IsEntered; giving back what is not held is an error.
    static bool Entered(object o)
    {
        try
        {
            Monitor.Exit(o);
        }
        catch (SynchronizationLockException)
        {
            return false;
        }
        Monitor.Enter(o);
        return true;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    bool Held()
    {
        return Entered(this);
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    static bool HeldStatic(int a, int b)
    {
        return Entered(typeof(Synchronized)) && a < b;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    int Early(int n)
    {
        for (int i = 0; i < 100; i++)
        {
            if (i == n) return Entered(this) ? i : -1;
            if (i * 2 == n + 1) return -2;
        }
        return 7;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    int Throws(int[] a, int i)
    {
        return a[i];
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    Two Pair(object o, long n)
    {
        Two two;
        two.First = Entered(this) ? o : null;
        two.Second = n;
        return two;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    int Nested(int[] a, int i)
    {
        int result = 0;
        try
        {
            try
            {
                result += a[i];
                if (i == 1) return result;
            }
            finally
            {
                result += Entered(this) ? 10 : 1000;
            }
        }
        catch (IndexOutOfRangeException)
        {
            return Entered(this) ? result + 100 : -1;
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    void Add(int n)
    {
        int before = count;
        if (n % 64 == 0) Thread.Yield();
        count = before + n;
    }

    [MethodImpl(MethodImplOptions.Synchronized | MethodImplOptions.NoInlining)]
    static void AddStatic(int n)
    {
        int before = all;
        if (n % 64 == 0) Thread.Yield();
        all = before + n;
    }

    bool Free()
    {
        return !Entered(this) && !Entered(typeof(Synchronized));
    }

    public static int Main()
    {
        Synchronized s = new Synchronized();
        if (!s.Held() || !HeldStatic(1, 2) || HeldStatic(2, 1) || !s.Free()) return 1;
        if (s.Early(3) != -2 || s.Early(2) != 2 || s.Early(-5) != 7 || !s.Free()) return 2;
        int[] a = { 5, 6, 7 };
        if (s.Throws(a, 2) != 7 || !s.Free()) return 3;
        try
        {
            s.Throws(a, 3);
            return 4;
        }
        catch (IndexOutOfRangeException)
        {
            if (!s.Free()) return 5;
        }
        try
        {
            s.Throws(null, 3);
            return 6;
        }
        catch (NullReferenceException)
        {
            if (!s.Free()) return 7;
        }
        Two two = s.Pair(s, 1L << 40);
        if (two.First != s || two.Second != 1L << 40 || !s.Free()) return 8;
        if (s.Nested(a, 0) != 15 || s.Nested(a, 1) != 6 || s.Nested(a, 9) != 110 || !s.Free()) return 9;
        Thread[] threads = new Thread[2];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(delegate()
            {
                for (int i = 0; i < 200; i++)
                {
                    s.Add(i);
                    AddStatic(i);
                }
            });
            threads[t].Start();
        }
        foreach (Thread t in threads) t.Join();
        int want = 2 * 199 * 100;
        return s.count == want && all == want && s.Free() ? 100 : 10;
    }
}
