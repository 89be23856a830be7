/*
 * Accesses that the MPU forbids (system/mpu.h).
 *
 * The soft TLB refuses pages that are forbidden as a whole. Of a page that is forbidden in part each
 * access comes to the bus, and Unicorn is stopped there, which makes it return before the instruction;
 * but not within an IT block, whose rest is executed with memory barred and then undone.
 */
#ifndef HOOKS_FORBIDDEN_H
#define HOOKS_FORBIDDEN_H

#include "hooks/core.h"

/* The soft TLB asks for a page, bus/tlb.h. */
bool forbidden_fill(struct core *core, uint32_t address, int type, struct uc_tlb_entry *entry);
/* An access of the CPU that comes to the bus is permitted. False: Unicorn is being stopped. */
bool forbidden_check(struct core *core, uint32_t address, unsigned width, enum access access);
/* HALT_FORBIDDEN: the CPU becomes what it was before the instruction that accessed
 * core->checks.access_address. */
void forbidden_return(struct core *core);
/* The first instruction of a block that may not be executed; NO_ADDRESS: all may. */
uint32_t forbidden_instruction(struct core *core, uint32_t address, uint32_t size);

#endif
