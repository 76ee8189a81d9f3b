// methods: ObjAlloc:Test
using System.Runtime.CompilerServices;

/// Objects are made and their constructors called.
public static class ObjAlloc
{
    class Node
    {
        public int Value;
        public Node Next;

        public Node(int value, Node next)
        {
            Value = value;
            Next = next;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(int n)
    {
        Node head = null;
        for (int i = 1; i <= n; i++) head = new Node(i, head);
        int sum = 0;
        for (Node node = head; node != null; node = node.Next) sum = sum * 3 + node.Value;
        return sum;
    }

    public static int Main()
    {
        if (Test(0) != 0) return 1;
        if (Test(1) != 1) return 2;
        if (Test(3) != 34) return 3;
        return 100;
    }
}
