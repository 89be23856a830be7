/*
 * Instruction checks: faults that Unicorn doesn't raise. Division by zero and unaligned accesses,
 * which CCR asks for (B3.2.8), and use of an FPU that CPACR doesn't enable (B3.2.20).
 *
 * While a guest has one of the former on, a hook looks at every instruction before it executes, at
 * about a tenth of the usual speed. Off, as after reset, they cost nothing. Use of the FPU is seen
 * when a block is entered; a hook at the instruction then stops there.
 */
#ifndef HOOKS_CHECK_H
#define HOOKS_CHECK_H

#include "hooks/core.h"

/* REQUEST_CHECKS: set or remove the hook. Not while translated code executes. */
void checks_apply(struct core *core);
/* HALT_FPU: have the block before which Unicorn stopped executed up to the use of the FPU. */
void fpu_check_begin(struct core *core);
void fpu_check_end(struct core *core);

#endif
