/* Breakpoints and single steps: the run stops before an instruction, in mid-block too. */
#ifndef HOOKS_BREAKPOINT_H
#define HOOKS_BREAKPOINT_H

#include "hooks/core.h"

/* Both return a handle to remove it with. What Unicorn has translated there must be dropped. */
size_t breakpoint_add(struct core *core, uint32_t address);
/* Stop after one instruction, as a breakpoint at every other would. */
size_t breakpoint_begin_step(struct core *core);
void breakpoint_remove(struct core *core, size_t handle);

#endif
