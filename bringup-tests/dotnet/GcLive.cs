// methods: GcLiveProgram:LiveAcross GcLiveProgram:Push GcLiveProgram:Many GcLiveProgram:Walk GcLiveProgram:Elements
// stress: F
using System;
using System.Runtime.CompilerServices;

/// Object references live across calls that allocate: the collector must find, and may move, each of them.
public static class GcLiveProgram
{
    sealed class Node
    {
        public int Value;
        public Node Next;
    }

    static int made;

    static Node Make(int value)
    {
        Node node = new Node();
        node.Value = value;
        made++;
        return node;
    }

    // Allocates, leaves garbage behind, and collects now and then.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Churn(int n)
    {
        int sum = 0;
        for (int i = 0; i < n; i++)
        {
            byte[] garbage = new byte[64 + i];
            garbage[i] = 1;
            sum += garbage[i];
        }
        if (n % 8 == 0) GC.Collect();
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int LiveAcross(Node node, int n)
    {
        int before = node.Value;
        int churned = Churn(n);
        return before + churned + node.Value;
    }

    // A result just made meets a reference that was live across the making; the store needs a write barrier.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Node Push(Node head, int value)
    {
        Node node = Make(value);
        Churn(3);
        node.Next = head;
        return node;
    }

    // More references than there are registers that survive a call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Many(Node a, Node b, Node c, Node d, Node e, Node f, Node g, Node h)
    {
        int sum = a.Value;
        Churn(2);
        sum += b.Value + c.Value;
        Churn(2);
        sum += d.Value + e.Value;
        Churn(2);
        return sum + a.Value + f.Value + g.Value + h.Value;
    }

    // A reference that changes around a loop with a call in it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Walk(Node node)
    {
        long sum = 0;
        while (node != null)
        {
            sum += node.Value;
            sum += Churn(1);
            node = node.Next;
        }
        return sum;
    }

    // An array live across calls, its elements read between them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Elements(Node[] nodes)
    {
        int sum = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            sum += Churn(1);
            sum += nodes[i].Value;
        }
        return sum;
    }

    public static int Main()
    {
        for (int n = 0; n < 24; n++)
            if (LiveAcross(Make(1000 + n), n) != 2 * (1000 + n) + n) return 1;

        Node head = null;
        for (int i = 0; i < 50; i++) head = Push(head, i);
        int expected = 49;
        for (Node node = head; node != null; node = node.Next)
            if (node.Value != expected--) return 2;
        if (expected != -1) return 3;
        if (Walk(head) != 50 * 49 / 2 + 50) return 4;
        if (Walk(null) != 0) return 5;

        for (int i = 0; i < 20; i++)
        {
            int sum = Many(Make(i), Make(10), Make(200), Make(3000), Make(40000), Make(500000), Make(6000000), Make(7));
            if (sum != 2 * i + 6543217) return 6;
        }

        for (int n = 0; n < 20; n++)
        {
            Node[] nodes = new Node[n];
            for (int i = 0; i < n; i++) nodes[i] = Make(i * i);
            if (Elements(nodes) != n + (n - 1) * n * (2 * n - 1) / 6) return 7;
        }
        return made == 24 + 50 + 160 + 190 ? 100 : 8;
    }
}
