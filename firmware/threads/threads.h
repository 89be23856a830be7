/* Threads that stand still: stacks as a Cortex-M4 kernel leaves them. */
#ifndef THREADS_H
#define THREADS_H

#include <stdint.h>

#define STACK_WORDS 32
/* Index of the word at which the frame of the exception begins, nine words behind EXC_RETURN. */
#define FRAME 20

/* Where a thread was when it gave the processor away. */
__attribute__((noinline, used)) static void waits_here(void)
{
    __asm volatile("nop");
}

/* A stack of which `free` words were never used. */
#define STACK(fill, free) \
    {[0 ... STACK_WORDS - 1] = 0, [0 ... 7] = fill, [free] = 1, [FRAME - 9] = 0xFFFFFFFD, \
     [FRAME - 8] = 0x1234, [FRAME + 6] = (uint32_t)waits_here, [FRAME + 7] = 0x01000000}

__attribute__((noreturn)) static void run(void)
{
    waits_here();
    for (;;)
        __asm volatile("wfi");
}

#endif
