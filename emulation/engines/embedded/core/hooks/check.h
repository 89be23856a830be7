/*
 * Instruction checks: what Unicorn doesn't do as a Cortex-M4 does is looked at before the instruction
 * executes. Faults: division by zero and unaligned accesses that CCR asks for (B3.2.8), unaligned
 * accesses to words that always fault (A3.2.1), use of an FPU that CPACR doesn't enable (B3.2.20).
 * Executed by the core: MSR that sets the lowest bits of a stack pointer (B1.4.1); VCVT from
 * fixed-point words in another rounding mode than to nearest, SMLAD of the least numbers, MRS of
 * CONTROL without FPCCR.ASPEN.
 *
 * While CCR.UNALIGN_TRP is set, or unaligned accesses are reported, a hook looks at every instruction,
 * at about a third of the usual speed. Otherwise a block's entry finds that an instruction may need it (hooks/guard.h); the block
 * is then executed with a hook from there on. Instructions of which the entry can't know are watched,
 * until they have been harmless TRUSTED times: every hook makes all others slower.
 */
#ifndef HOOKS_CHECK_H
#define HOOKS_CHECK_H

#include "hooks/core.h"

/* Call handler(instruction, access) for each access that is not aligned to its size and permitted all the
 * same, or no more. */
void checks_report(struct core *core, bool wanted, PyObject *handler);
/* REQUEST_CHECKS: set or remove the hook at every instruction. Not while translated code executes. */
void checks_apply(struct core *core);
/* An instruction of a block is looked at whenever it is executed, or has been often enough. */
bool check_is_watched(struct core *core, uint32_t address, uint32_t block);
/* Have it so from now on, in the place of another if need be. Not while translated code executes. */
void check_watch(struct core *core, uint32_t address, uint32_t block);
/* Remove the hooks that aren't needed any more. Not while translated code executes. */
void checks_retire(struct core *core);
/* HALT_LOOK: have the block before which Unicorn stopped executed with a look at the instructions
 * from core->checks.address on. */
void check_begin(struct core *core);
/* Have instructions translated without looking at them again, or with it. Not while translated code
 * executes. */
void check_end(struct core *core);
/* Keep the registers as they are before an instruction that Unicorn may go on from; and bring them
 * back, once Unicorn has returned. */
void check_keep(struct core *core);
void check_restore(struct core *core);
/* The CPU is at an instruction of the block kept. */
void check_return_to(struct core *core, uint32_t address, uint8_t it);
/* Stop before an instruction of the block being executed. Within an IT block Unicorn executes the rest
 * first: check_return is needed then. */
void check_stop(struct core *core, uint32_t address, enum halt halt);
/* HALT_CHECK and halts of check_stop: the CPU becomes what it was before the instruction at core->checks.address. */
void check_return(struct core *core);

#endif
