// x64: the two places that control passes between a C compiler's code and compiled code. Neither moves the stack pointer, so stack
// arguments stay where they are; return addresses wait in memory, since nothing here is called again before it returns.
// The upper halves of wider registers are spoiled too where there are some.
#ifdef __AVX2__
#define MOVQ vmovq
#else
#define MOVQ movq
#endif
.text
// Enters the method under test with known values in all registers that it must keep, and notes what they hold behind it.
.globl probe
probe:
    popq saved(%rip)
    movq %rsp, saved+8(%rip)
    movq %rbx, saved+16(%rip)
    movq %rbp, saved+24(%rip)
    movq %r12, saved+32(%rip)
    movq %r13, saved+40(%rip)
    movq %r14, saved+48(%rip)
    movq %r15, saved+56(%rip)
    movq pattern(%rip), %rbx
    movq pattern+8(%rip), %rbp
    movq pattern+16(%rip), %r12
    movq pattern+24(%rip), %r13
    movq pattern+32(%rip), %r14
    movq pattern+40(%rip), %r15
#ifdef WINDOWS
    movq %rdi, saved+64(%rip)
    movq %rsi, saved+72(%rip)
    movq pattern+48(%rip), %rdi
    movq pattern+56(%rip), %rsi
.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, saved+80+16*(\n-6)(%rip)
    movups pattern+64+16*(\n-6)(%rip), %xmm\n
.endr
#endif
    movabsq $0x5A5A5A5A5A5A5A5A, %rax
    movq %rax, %r10
    movq %rax, %r11
    call *target(%rip)
    movq %rbx, after(%rip)
    movq %rbp, after+8(%rip)
    movq %r12, after+16(%rip)
    movq %r13, after+24(%rip)
    movq %r14, after+32(%rip)
    movq %r15, after+40(%rip)
    cmpq %rsp, saved+8(%rip)
    je 1f
    notq after(%rip)
1:  movq saved+8(%rip), %rsp
    movq saved+16(%rip), %rbx
    movq saved+24(%rip), %rbp
    movq saved+32(%rip), %r12
    movq saved+40(%rip), %r13
    movq saved+48(%rip), %r14
    movq saved+56(%rip), %r15
#ifdef WINDOWS
    movq %rdi, after+48(%rip)
    movq %rsi, after+56(%rip)
    movq saved+64(%rip), %rdi
    movq saved+72(%rip), %rsi
.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, after+64+16*(\n-6)(%rip)
    movups saved+80+16*(\n-6)(%rip), %xmm\n
.endr
#endif
    jmp *saved(%rip)

// What the method calls: counts, looks at the stack pointer, goes to the C function, and spoils all that a call may destroy.
.globl land
land:
    popq landed(%rip)
    incq times(%rip)
    addq $4096, noted_at(%rip)
    addq $4096, result_at(%rip)
    movq %rsp, %r11
    andq $15, %r11
    orq %r11, misaligned(%rip)
    movabsq $0x5A5A5A5A5A5A5A5A, %r10
    movq %r10, %r11
#ifdef WINDOWS
    movq %r10, %rax
    movq %r10, 0(%rsp)
    movq %r10, 8(%rsp)
    movq %r10, 16(%rsp)
    movq %r10, 24(%rsp)
#endif
    call *callee(%rip)
    movabsq $0x5A5A5A5A5A5A5A5A, %rcx
    movq %rcx, %r8
    movq %rcx, %r9
    movq %rcx, %r10
    movq %rcx, %r11
#ifdef WINDOWS
    movq %rcx, %rdx
.irp n, 1, 2, 3, 4, 5
    MOVQ %rcx, %xmm\n
.endr
#else
    movq %rcx, %rdi
    movq %rcx, %rsi
.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    MOVQ %rcx, %xmm\n
.endr
#endif
    jmp *landed(%rip)
.section .note.GNU-stack,"",@progbits
