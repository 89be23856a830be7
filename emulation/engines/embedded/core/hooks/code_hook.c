#include "hooks/code_hook.h"

#include <stdlib.h>

void code_hooks_set(struct core *core, uint32_t *addresses, uint32_t count, PyObject *handler)
{
    struct code_hooks *hooks = &core->code_hooks;
    const uint32_t *old = hooks->addresses, *old_end = old + hooks->count;
    const uint32_t *new = addresses, *new_end = new + count;
    while (old != old_end || new != new_end) {
        uint32_t old_address = old == old_end ? UINT32_MAX : *old;
        uint32_t new_address = new == new_end ? UINT32_MAX : *new;
        if (old_address != new_address)
            code_translated(&core->code, old_address < new_address ? old_address : new_address);
        old += old_address <= new_address;
        new += new_address <= old_address;
    }
    hooks->addresses = addresses;
    hooks->count = count;
    hooks->handler = handler;
}

void code_hooks_log_calls(struct core *core, struct call_log *log)
{
    core->calls = log;
    for (uint32_t i = 0; i < log->function_count; i++)
        code_translated(&core->code, log->functions[i].address);
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
    bool noted = call_log_visit(core->calls, address, &core->cpu, &core->map, &core->code);
    bool hooked = code_hook_is_at(core, address);
    if (!noted && !hooked)
        return true;
    core->schedule.side_effects = true;
    if (hooked)
        host_call(&core->host, hooks->handler, &address, 1, NULL);
    if (!core->schedule.shared.stop)
        return true;
    hooks->passed = address;
    return false;
}
