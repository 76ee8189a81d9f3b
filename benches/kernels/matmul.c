/* Two matrices of n times n ints multiplied into a third behind them; the sum of its diagonal. */
long Run(char *buffer, long n) {
  unsigned *a = (unsigned *)buffer, *b = a + n * n, *c = b + n * n;
  long trace = 0;
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < n; j++) {
      unsigned sum = 0;
      for (long k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
    trace += (int)c[i * n + i];
  }
  return trace;
}
