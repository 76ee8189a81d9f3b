/* Bubble sort of n ints, which are copied from behind first; the middle one. */
long Run(char *buffer, long n) {
  int *a = (int *)buffer;
  for (long i = 0; i < n; i++) a[i] = a[i + n];
  for (long i = n - 1; i > 0; i--)
    for (long k = 0; k < i; k++) {
      int x = a[k], y = a[k + 1];
      if (x > y) {
        a[k] = y;
        a[k + 1] = x;
      }
    }
  return a[(unsigned long)n >> 1];
}
