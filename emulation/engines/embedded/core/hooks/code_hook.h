/* Code hooks: Python is called before a block that starts at one of their addresses is executed.
 * They cost nothing elsewhere; those blocks are marked (state/code_cache.h). */
#ifndef HOOKS_CODE_HOOK_H
#define HOOKS_CODE_HOOK_H

#include "hooks/core.h"

/* `addresses` are sorted and stay the caller's; `handler` is called with the address. */
void code_hooks_set(struct core *core, uint32_t *addresses, uint32_t count, PyObject *handler);
bool code_hook_is_at(const struct core *core, uint32_t address);
/* Call the hook at the start of a block, if there is one. False: it asked to stop before the block. */
bool code_hook_call(struct core *core, uint32_t address);

#endif
