/* The Fibonacci number n by recursion; not made a loop or inlined into itself. */
__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls"))) static long Fib(long n) {
  if (n < 2) return n;
  return Fib(n - 1) + Fib(n - 2);
}
long Run(char *buffer, long n) {
  (void)buffer;
  return Fib(n);
}
