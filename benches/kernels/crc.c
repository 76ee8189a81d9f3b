/* CRC-32 of n bytes, a bit at a time. */
long Run(char *buffer, long n) {
  unsigned char *s = (unsigned char *)buffer;
  unsigned crc = -1;
  for (long i = 0; i < n; i++) {
    crc ^= s[i];
    for (int k = 0; k < 8; k++) crc = (crc >> 1) ^ (-(crc & 1) & 0xedb88320);
  }
  return (unsigned)~crc;
}
