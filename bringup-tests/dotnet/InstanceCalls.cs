// methods: InstanceCalls:Test InstanceCalls:Sum
using System.Runtime.CompilerServices;

/// Calls of instance methods of a class, virtual and not.
public static class InstanceCalls
{
    class Base
    {
        public int Value;

        public int Plain(int x) { return Value + x; }

        public virtual int Virtual(int x) { return Value - x; }
    }

    class Derived : Base
    {
        public override int Virtual(int x) { return Value * x; }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Test(Base b, int x) { return b.Plain(x) * 100 + b.Virtual(x); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Sum(Base[] all, int x)
    {
        int sum = 0;
        foreach (Base b in all) sum += b.Virtual(x);
        return sum;
    }

    public static int Main()
    {
        if (!(Test(new Base { Value = 5 }, 3) == 802)) return 1;
        if (!(Test(new Derived { Value = 5 }, 3) == 815)) return 2;
        if (!(Sum(new[] { new Base { Value = 1 }, new Derived { Value = 2 }, new Base { Value = 3 } }, 10) == 4)) return 3;
        return 100;
    }
}
