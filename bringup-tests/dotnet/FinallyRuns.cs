// methods: FinallyRunsProgram:Guarded FinallyRunsProgram:Loop FinallyRunsProgram:MayThrow
using System;
using System.Runtime.CompilerServices;

/// A finally runs once on the ordinary way out and once while an exception passes.
public static class FinallyRunsProgram
{
    sealed class Log
    {
        public int Entered;
        public int Left;
        public int Last;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int MayThrow(int value, Exception exception)
    {
        if (value < 0) throw exception;
        return value * 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Guarded(Log log, int value, Exception exception)
    {
        int result = 1;
        try
        {
            log.Entered = log.Entered + 1;
            result = MayThrow(value, exception);
            result = result + 5;
        }
        finally
        {
            log.Left = log.Left + 1;
            log.Last = result;
        }
        return result + value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Loop(Log log, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                sum += MayThrow(i, null);
            }
            finally
            {
                log.Left = log.Left + 1;
                sum += 1;
            }
        }
        return sum;
    }

    public static int Main()
    {
        Log log = new Log();
        Exception exception = new InvalidOperationException("thrown on purpose");
        int calls = 0;
        for (int value = -30; value < 30; value++)
        {
            calls++;
            bool caught = false;
            int result = 0;
            try
            {
                result = Guarded(log, value, exception);
            }
            catch (InvalidOperationException e)
            {
                if (!ReferenceEquals(e, exception)) return 1;
                caught = true;
            }
            if (caught != (value < 0)) return 2;
            if (log.Entered != calls || log.Left != calls) return 3;
            if (!caught && (result != 3 * value + 5 || log.Last != 2 * value + 5)) return 4;
            if (caught && log.Last != 1) return 5;
        }
        for (int count = 0; count < 40; count++)
        {
            log.Left = 0;
            if (Loop(log, count) != count * (count - 1) + count || log.Left != count) return 6;
        }
        return 100;
    }
}
