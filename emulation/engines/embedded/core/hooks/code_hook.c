#include "hooks/code_hook.h"

#include <stdlib.h>

void code_hooks_set(struct core *core, uint32_t *addresses, uint32_t count, PyObject *handler)
{
    core->code_hooks.addresses = addresses;
    core->code_hooks.count = count;
    core->code_hooks.handler = handler;
    code_reexamine(&core->code);
}

static int compare_addresses(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

bool code_hook_is_at(const struct core *core, uint32_t address)
{
    const struct code_hooks *hooks = &core->code_hooks;
    return hooks->count && bsearch(&address, hooks->addresses, hooks->count, sizeof address,
                                   compare_addresses);
}

bool code_hook_call(struct core *core, uint32_t address)
{
    struct code_hooks *hooks = &core->code_hooks;
    if (hooks->passed == address) {
        hooks->passed = NO_ADDRESS;
        return true;
    }
    if (!code_hook_is_at(core, address))
        return true;
    core->schedule.side_effects = true;
    host_call(&core->host, hooks->handler, &address, 1, NULL);
    if (!core->schedule.shared.stop)
        return true;
    hooks->passed = address;
    return false;
}
