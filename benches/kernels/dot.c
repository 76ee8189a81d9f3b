/* The products of two arrays of n doubles, of small whole numbers, summed up in order. */
#include <string.h>
long Run(char *buffer, long n) {
  long *a = (long *)buffer, *b = a + n, bits;
  double sum = 0;
  for (long i = 0; i < n; i++) sum += (double)(int)a[i] * (double)(int)b[i];
  memcpy(&bits, &sum, 8);
  return bits;
}
