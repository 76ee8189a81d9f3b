/* The sum of n longs. */
long Run(char *buffer, long n) {
  long *a = (long *)buffer, sum = 0;
  for (long i = 0; i < n; i++) sum += a[i];
  return sum;
}
