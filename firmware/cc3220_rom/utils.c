/* A delay of three cycles per count, where an instruction takes one. */
#include "rom.h"

__attribute__((naked)) void UtilsDelay(uint32_t count)
{
    (void)count;
    __asm volatile("    .p2align 2\n"
                   "1:  subs r0, #1\n"
                   "    nop\n"
                   "    bne 1b\n"
                   "    bx lr\n");
}
