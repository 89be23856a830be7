/* Breakpoints and single steps: the run stops before an instruction, in mid-block too. */
#ifndef HOOKS_BREAKPOINT_H
#define HOOKS_BREAKPOINT_H

#include "hooks/core.h"

/* All breakpoints, sorted; they stay the caller's. */
void breakpoints_set(struct core *core, const uint32_t *addresses, uint32_t count);
/* Unicorn's hook at one of them. Returns a handle to remove it with. What Unicorn has translated there
 * must be dropped. */
size_t breakpoint_add(struct core *core, uint32_t address);
void breakpoint_remove(struct core *core, size_t handle);
/* From here on stop after every instruction; until the step of that handle ends. */
size_t step_begin(struct core *core);
void step_end(struct core *core, size_t handle);

#endif
