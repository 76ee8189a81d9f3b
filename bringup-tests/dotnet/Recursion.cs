// methods: RecursionProgram:Fib RecursionProgram:Factorial RecursionProgram:Ackermann RecursionProgram:Depth
using System;
using System.Runtime.CompilerServices;

/// Calls of oneself: values live across calls, deep stacks, an argument that is itself a call.
public static class RecursionProgram
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Fib(int n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Factorial(long n) { return n <= 1 ? 1 : n * Factorial(n - 1); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Ackermann(int m, int n)
    {
        if (m == 0) return n + 1;
        if (n == 0) return Ackermann(m - 1, 1);
        return Ackermann(m - 1, Ackermann(m, n - 1));
    }

    // Six values live across the call, and more arguments than registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Depth(int a, int b, int c, int d, int e, int f, int g, int h)
    {
        if (a == 0) return b + 2 * c + 3 * d + 4 * e + 5 * f + 6 * g + 7 * h;
        int deeper = Depth(a - 1, c, d, e, f, g, h, b);
        return deeper + a - b + c - d + e - f + g - h;
    }

    static int DepthByLoop(int a, int b, int c, int d, int e, int f, int g, int h)
    {
        int sum = 0;
        for (; a != 0; a--)
        {
            sum += a - b + c - d + e - f + g - h;
            int first = b;
            b = c; c = d; d = e; e = f; f = g; g = h; h = first;
        }
        return sum + b + 2 * c + 3 * d + 4 * e + 5 * f + 6 * g + 7 * h;
    }

    public static int Main()
    {
        int before = 0, now = 1;
        for (int n = 0; n < 25; n++)
        {
            if (Fib(n) != before) return 1;
            int next = before + now;
            before = now;
            now = next;
        }
        long product = 1;
        for (long n = 1; n < 40; n++)
        {
            product *= n;
            if (Factorial(n) != product) return 2;
        }
        for (int n = 0; n < 40; n++)
        {
            if (Ackermann(1, n) != n + 2) return 3;
            if (Ackermann(2, n) != 2 * n + 3) return 4;
        }
        if (Ackermann(3, 5) != 253) return 5;
        for (int a = 0; a < 300; a++)
            if (Depth(a, 1, 20, 300, 4000, 50000, 600000, -7) != DepthByLoop(a, 1, 20, 300, 4000, 50000, 600000, -7))
                return 6;
        return 100;
    }
}
