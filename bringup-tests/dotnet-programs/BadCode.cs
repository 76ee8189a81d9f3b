using System;
using System.Reflection.Emit;

/// Methods whose IL is wrong, made at run time: what becomes of each is a line. No JIT may compile one, or die of it.
public static class BadCode
{
    delegate int Body(int argument);

    static readonly byte[][] Bodies =
    {
        // add of nothing
        new byte[] { 0x58, 0x2a },
        // a jump out of the method
        new byte[] { 0x2b, 0x10, 0x16, 0x2a },
        // a jump in front of it
        new byte[] { 0x2b, 0xf0, 0x16, 0x2a },
        // control runs over the end
        new byte[] { 0x16 },
        // no such instruction
        new byte[] { 0xfe, 0xff, 0x2a },
        // an instruction that ends in the middle
        new byte[] { 0x20, 0x01 },
        // no such local
        new byte[] { 0x06, 0x2a },
        // no such argument
        new byte[] { 0x04, 0x2a },
        // no result
        new byte[] { 0x2a },
        // no such method
        new byte[] { 0x28, 0xff, 0xff, 0xff, 0x06, 0x2a },
        // a jump into an instruction's operand
        new byte[] { 0x2b, 0x01, 0x20, 0x16, 0x2a, 0x00, 0x00, 0x26, 0x16, 0x2a },
        // two ways to one place, with other stacks
        new byte[] { 0x02, 0x2d, 0x01, 0x16, 0x16, 0x2a },
        // a switch that ends in the middle
        new byte[] { 0x02, 0x45, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x2a },
        // the end of a finally without one
        new byte[] { 0xdc },
        // an object where a number is expected
        new byte[] { 0x14, 0x16, 0x5a, 0x2a },
    };

    // The second part of a pair is a clause: flags, try's start and length, handler's start and length.
    static readonly object[] WithClauses =
    {
        // a jump out of a try
        new byte[] { 0x00, 0x2b, 0x04, 0x00, 0xdc, 0x00, 0x00, 0x16, 0x2a }, new byte[] { 2, 0, 4, 4, 1 },
        // a jump into one
        new byte[] { 0x2b, 0x01, 0x00, 0x00, 0xde, 0x01, 0xdc, 0x16, 0x2a }, new byte[] { 2, 2, 4, 6, 1 },
        // a jump into a handler
        new byte[] { 0x2b, 0x03, 0x00, 0xde, 0x01, 0xdc, 0x16, 0x2a }, new byte[] { 2, 2, 3, 5, 1 },
        // a leave out of a finally
        new byte[] { 0x00, 0xde, 0x02, 0xde, 0x00, 0x16, 0x2a }, new byte[] { 2, 0, 3, 3, 2 },
        // a ret in a try
        new byte[] { 0x16, 0x2a, 0xdc, 0x16, 0x2a }, new byte[] { 2, 0, 2, 2, 1 },
        // a finally that runs on into what is behind it
        new byte[] { 0x00, 0xde, 0x01, 0x00, 0x16, 0x2a }, new byte[] { 2, 0, 3, 3, 1 },
        // the end of a finally in a try
        new byte[] { 0x00, 0xdc, 0xdc, 0x16, 0x2a }, new byte[] { 2, 0, 2, 2, 1 },
        // a clause out of the method
        new byte[] { 0x00, 0xde, 0x01, 0xdc, 0x16, 0x2a }, new byte[] { 2, 0, 3, 3, 9 },
    };

    static byte[] Section(byte[] clause)
    {
        byte[] section = new byte[28];
        section[0] = 0x41;
        section[1] = 28;
        for (int i = 0; i < clause.Length; i++)
            section[4 + 4 * i] = clause[i];
        return section;
    }

    static string Try(byte[] code, byte[] clause)
    {
        try
        {
            var method = new DynamicMethod("Bad", typeof(int), new Type[] { typeof(int) }, typeof(BadCode).Module, true);
            DynamicILInfo info = method.GetDynamicILInfo();
            info.SetLocalSignature(new byte[] { 0x07, 0x00 });
            info.SetCode(code, 8);
            if (clause != null)
                info.SetExceptions(Section(clause));
            return ((Body)method.CreateDelegate(typeof(Body)))(1).ToString();
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    public static int Main()
    {
        foreach (byte[] code in Bodies)
            Console.WriteLine(Try(code, null));
        for (int i = 0; i < WithClauses.Length; i += 2)
            Console.WriteLine(Try((byte[])WithClauses[i], (byte[])WithClauses[i + 1]));
        return 100;
    }
}
