/* How many primes there are below n: a byte a number. */
long Run(char *buffer, long n) {
  unsigned char *is = (unsigned char *)buffer;
  long count = 0;
  for (long i = 0; i < n; i++) is[i] = 1;
  for (long i = 2; i < n; i++)
    if (is[i]) {
      count++;
      for (long k = i + i; k < n; k += i) is[k] = 0;
    }
  return count;
}
