// methods: SwitchProgram:Dense SwitchProgram:Offset SwitchProgram:FallsThrough SwitchProgram:Machine
using System;
using System.Runtime.CompilerServices;

/// Switches by jump table: from zero, from elsewhere, cases that share a target, one inside a loop.
public static class SwitchProgram
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Dense(int n)
    {
        switch (n)
        {
            case 0: return 31;
            case 1: return 28;
            case 2: return 30;
            case 3: return -4;
            case 4: return 55;
            case 5: return 1000000;
            case 6: return 7;
            default: return -1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Offset(int n, int a, int b)
    {
        switch (n)
        {
            case 100: return a + b;
            case 101: return a - b;
            case 102: return a * b;
            case 103: return a & b;
            case 104: return a | b;
            case 105: return a ^ b;
        }
        return n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int FallsThrough(int n)
    {
        int result = 0;
        switch (n)
        {
            case 0:
            case 2:
            case 4:
                result = 10;
                break;
            case 1:
            case 3:
                result = 20;
                break;
            case 7:
                result = 30;
                break;
        }
        return result + n;
    }

    // Interprets a program of small numbers on one accumulator.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Machine(int[] program, int accumulator)
    {
        for (int at = 0; at < program.Length; at++)
        {
            switch (program[at])
            {
                case 0: accumulator += 1; break;
                case 1: accumulator *= 3; break;
                case 2: accumulator -= 7; break;
                case 3: accumulator = -accumulator; break;
                case 4: accumulator <<= 2; break;
                case 5: return accumulator;
                default: accumulator = 0; break;
            }
        }
        return accumulator;
    }

    public static int Main()
    {
        int[] dense = { 31, 28, 30, -4, 55, 1000000, 7 };
        for (int n = -20; n < 40; n++)
            if (Dense(n) != (n >= 0 && n < dense.Length ? dense[n] : -1)) return 1;
        if (Dense(int.MinValue) != -1 || Dense(int.MaxValue) != -1) return 2;

        for (int a = -9; a < 9; a++)
        {
            for (int b = -9; b < 9; b++)
            {
                int[] expected = { a + b, a - b, a * b, a & b, a | b, a ^ b };
                for (int k = 0; k < expected.Length; k++)
                    if (Offset(100 + k, a, b) != expected[k]) return 3;
                if (Offset(99, a, b) != 99 || Offset(106, a, b) != 106 || Offset(0, a, b) != 0) return 4;
            }
        }
        // Subtracting the first case from these wraps.
        if (Offset(int.MinValue, 1, 2) != int.MinValue || Offset(int.MaxValue, 1, 2) != int.MaxValue) return 5;

        int[] falls = { 10, 21, 12, 23, 14, 5, 6, 37, 8 };
        for (int n = 0; n < falls.Length; n++)
            if (FallsThrough(n) != falls[n]) return 6;

        int[] program = { 0, 1, 2, 3, 4, 0, 1, 5, 9 };
        for (int start = -50; start < 50; start++)
            if (Machine(program, start) != (-((start + 1) * 3 - 7) * 4 + 1) * 3) return 7;
        if (Machine(new int[] { 0, 9, 0 }, 44) != 1 || Machine(new int[0], 44) != 44) return 8;
        return 100;
    }
}
