// The part of the test programs of `cargo xtask abi-fuzz` that is the same for all signatures: values, comparison, messages.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
#if defined(__aarch64__)
#define KEPT 21
#define KEPT_VECTOR 0
#elif defined(WINDOWS)
#define KEPT 8
#define KEPT_VECTOR 20
#else
#define KEPT 6
#define KEPT_VECTOR 0
#endif

#ifdef WINDOWS
#define ABI __attribute__((ms_abi))
#else
#define ABI
#endif

// One signature at one level, as the generator writes it.
struct test {
    uint32_t number, level, code, args, args_size, result, result_size, unused;
};

extern const uint8_t blob[];
extern void *const functions[][2];
void probe(void);
void land(void);

// What the C functions of the signatures read and write, each in a section whose address they know as a number.
#define FIXED(name) __attribute__((section(".fixed_" #name)))
uint8_t args[PAGE] FIXED(args);
uint8_t got[PAGE] FIXED(got);
uint8_t *noted_at FIXED(noted_at), *result_at FIXED(result_at);
void *landing FIXED(landing) = (void *)land;
static uint8_t noted[3][PAGE] __attribute__((aligned(64)));
static uint8_t results[3][PAGE] __attribute__((aligned(64)));

// What the assembly parts read and write.
const void *callee, *target;
uint64_t times, misaligned, reserved, saved[64], landed[4];
uint64_t pattern[KEPT + KEPT_VECTOR] __attribute__((aligned(16)));
uint64_t after[KEPT + KEPT_VECTOR] __attribute__((aligned(16)));

static const struct test *tests, *now;

static uint64_t next(void) {
    static uint64_t state = 0x9E3779B97F4A7C15u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void fill(void *p, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i += 8) {
        uint64_t v = next();
        memcpy((uint8_t *)p + i, &v, 8);
    }
}

// Is what counts of `n` bytes the same?
static int same(const uint8_t *a, const uint8_t *b, const uint8_t *mask, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if ((a[i] ^ b[i]) & mask[i])
            return 0;
    return 1;
}

static void crashed(int signal) {
    char line[120];
    fflush(stdout);
    int n = snprintf(line, sizeof line, "signal-%d %u %u\n%u tried\n", signal, now->number, now->level, (unsigned)(now - tests) + 1);
    (void)!write(1, line, n);
    _exit(0);
}

static const char *run(const struct test *t) {
    fill(args, t->args_size + 8);
    fill(results, sizeof results);
    fill(pattern, sizeof pattern);
    memset(got, 0x33, t->result_size + 8);
    memset(noted, 0x44, sizeof noted);
    memset(after, 0, sizeof after);
    noted_at = noted[0];
    result_at = results[0];
    times = misaligned = reserved = 0;
    callee = functions[t->number][0];
    target = blob + t->code;
    ((ABI void (*)(void *))functions[t->number][1])((void *)probe);
    if (times != 2)
        return "calls";
    if (misaligned)
        return "stack";
    if (reserved)
        return "reserved-register";
    for (int k = 1; k <= 2; k++)
        if (!same(args, noted[k], blob + t->args, t->args_size))
            return "arguments";
    if (!same(got, results[2], blob + t->result, t->result_size))
        return "result";
    if (memcmp(pattern, after, sizeof pattern))
        return "kept-registers";
    return 0;
}

int main(void) {
    static const int signals[] = {SIGSEGV, SIGILL, SIGBUS, SIGTRAP, SIGFPE};
    for (unsigned i = 0; i < 5; i++)
        signal(signals[i], crashed);
    tests = (const struct test *)(blob + 16);
    uint32_t count = *(const uint32_t *)blob;
    for (uint32_t i = 0; i < count; i++) {
        now = &tests[i];
        const char *what = run(now);
        if (what)
            printf("%s %u %u\n", what, now->number, now->level);
    }
    printf("%u tried\n", count);
    return 0;
}
