/* Code hooks: Python is called before a block that starts at one of their addresses is executed.
 * They cost nothing elsewhere; those blocks are marked (state/code_cache.h). So are those at which calls
 * are noted (state/call_log.h). */
#ifndef HOOKS_CODE_HOOK_H
#define HOOKS_CODE_HOOK_H

#include "hooks/core.h"

/* `addresses` are sorted and stay the caller's; `handler` is called with the address. */
void code_hooks_set(struct core *core, uint32_t *addresses, uint32_t count, PyObject *handler);
/* Note calls from here on. `log` stays the caller's. */
void code_hooks_log_calls(struct core *core, struct call_log *log);
bool code_hook_is_at(const struct core *core, uint32_t address);
/* Call the hook at the start of a block, if there is one. False: it asked to stop before the block. */
bool code_hook_call(struct core *core, uint32_t address);

#endif
