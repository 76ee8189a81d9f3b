/* FNV-1a over n bytes. */
long Run(char *buffer, long n) {
  unsigned char *s = (unsigned char *)buffer;
  unsigned h = 0x811c9dc5;
  for (long i = 0; i < n; i++) h = (h ^ s[i]) * 16777619;
  return h;
}
