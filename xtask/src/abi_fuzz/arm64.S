// arm64: the two places that control passes between a C compiler's code and compiled code. Neither moves the stack pointer, so stack
// arguments stay where they are; return addresses wait in memory, since nothing here is called again before it returns.
.text
.macro address reg, name
    adrp \reg, \name
    add \reg, \reg, :lo12:\name
.endm

// Enters the method under test with known values in all registers that it must keep, and in x18, which is the system's, and notes
// what they hold behind it.
.globl probe
probe:
    address x16, saved
    stp x19, x20, [x16]
    stp x21, x22, [x16, #16]
    stp x23, x24, [x16, #32]
    stp x25, x26, [x16, #48]
    stp x27, x28, [x16, #64]
    mov x17, sp
    stp x29, x17, [x16, #80]
    stp d8, d9, [x16, #96]
    stp d10, d11, [x16, #112]
    stp d12, d13, [x16, #128]
    stp d14, d15, [x16, #144]
    stp x30, x18, [x16, #160]
    address x16, pattern
    ldp x19, x20, [x16]
    ldp x21, x22, [x16, #16]
    ldp x23, x24, [x16, #32]
    ldp x25, x26, [x16, #48]
    ldp x27, x28, [x16, #64]
    ldr x29, [x16, #80]
    str x17, [x16, #88]
    ldp d8, d9, [x16, #96]
    ldp d10, d11, [x16, #112]
    ldp d12, d13, [x16, #128]
    ldp d14, d15, [x16, #144]
    ldr x18, [x16, #160]
.irp n, 9, 10, 11, 12, 13, 14, 15
    movz x\n, #0x5A5A, lsl #48
.endr
    address x16, target
    ldr x17, [x16]
    blr x17
    address x16, after
    stp x19, x20, [x16]
    stp x21, x22, [x16, #16]
    stp x23, x24, [x16, #32]
    stp x25, x26, [x16, #48]
    stp x27, x28, [x16, #64]
    mov x17, sp
    stp x29, x17, [x16, #80]
    stp d8, d9, [x16, #96]
    stp d10, d11, [x16, #112]
    stp d12, d13, [x16, #128]
    stp d14, d15, [x16, #144]
    str x18, [x16, #160]
    address x16, saved
    ldp x19, x20, [x16]
    ldp x21, x22, [x16, #16]
    ldp x23, x24, [x16, #32]
    ldp x25, x26, [x16, #48]
    ldp x27, x28, [x16, #64]
    ldp x29, x17, [x16, #80]
    mov sp, x17
    ldp d8, d9, [x16, #96]
    ldp d10, d11, [x16, #112]
    ldp d12, d13, [x16, #128]
    ldp d14, d15, [x16, #144]
    ldp x30, x18, [x16, #160]
    ret

// What the method calls: counts, looks at the stack pointer and x18, goes to the C function, and spoils all that a call may destroy.
.globl land
land:
    address x16, landed
    str x30, [x16]
    mov x17, sp
    and x17, x17, #15
    address x16, misaligned
    ldr x9, [x16]
    orr x9, x9, x17
    str x9, [x16]
    address x16, pattern
    ldr x9, [x16, #160]
    eor x9, x9, x18
    address x16, reserved
    ldr x17, [x16]
    orr x9, x9, x17
    str x9, [x16]
    address x16, times
    ldr x9, [x16]
    add x9, x9, #1
    str x9, [x16]
    address x16, noted_at
    ldr x9, [x16]
    add x9, x9, #4096
    str x9, [x16]
    address x16, result_at
    ldr x9, [x16]
    add x9, x9, #4096
    str x9, [x16]
    address x16, callee
    ldr x17, [x16]
    blr x17
    movz x2, #0x5A5A, lsl #48
.irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17
    mov x\n, x2
.endr
.irp n, 8, 9, 10, 11, 12, 13, 14, 15
    mov v\n\().d[1], x2
.endr
.irp n, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    dup v\n\().2d, x2
.endr
    address x16, landed
    ldr x30, [x16]
    ret
.section .note.GNU-stack,"",@progbits
