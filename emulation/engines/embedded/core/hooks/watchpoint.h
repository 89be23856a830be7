/*
 * Watchpoints: the run stops behind the instruction that accesses a watched range. A comparator of the
 * DWT interrupts the code there (C1.4.1), or stops the run if a debugger is attached.
 *
 * The bus notes the access; a hook at every instruction stops before the next one. While there are
 * any, Unicorn executes at about a tenth of the usual speed. Without, they cost nothing.
 */
#ifndef HOOKS_WATCHPOINT_H
#define HOOKS_WATCHPOINT_H

#include "hooks/core.h"

/* Replace all; they stay the caller's. Not while translated code executes; what Unicorn has
 * translated must be dropped. */
void watchpoints_set(struct core *core, const struct watchpoint *list, uint32_t count);

/* REQUEST_WATCHPOINTS: compare with what the DWT's comparators hold now. */
void watchpoints_update(struct core *core);

#endif
