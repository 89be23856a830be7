#include "hooks/breakpoint.h"

/* Unicorn calls this before the breakpoint's instruction. */
static void on_breakpoint(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    if (core->tlb.service)
        return;
    if (core->passed_breakpoint == (uint32_t)address) {
        core->passed_breakpoint = NO_ADDRESS;
        return;
    }
    core->passed_breakpoint = (uint32_t)address;
    core->schedule.shared.stop_address = (uint32_t)address;
    host_halt(&core->host, HALT_BREAKPOINT);
}

/* Stop at instructions from `first` to `last`; 1 and 0: at all. */
static size_t add(struct core *core, uint64_t first, uint64_t last)
{
    struct host *host = &core->host;
    size_t handle = 0;
    host->unicorn.hook_add(host->uc, &handle, UC_HOOK_CODE, (void *)on_breakpoint, core, first,
                           last);
    return handle;
}

void breakpoints_set(struct core *core, const uint32_t *addresses, uint32_t count)
{
    core->code.breakpoints = addresses;
    core->code.breakpoint_count = count;
    code_forget_decoded(&core->code);
}

size_t breakpoint_add(struct core *core, uint32_t address)
{
    if (core->passed_breakpoint == address)
        core->passed_breakpoint = NO_ADDRESS;
    return add(core, address, address);
}

void breakpoint_remove(struct core *core, size_t handle)
{
    core->host.unicorn.hook_del(core->host.uc, handle);
}

size_t step_begin(struct core *core)
{
    core->host.steps++;
    core->passed_breakpoint = core->cpu.state.pc & ~1u;
    return add(core, 1, 0);
}

void step_end(struct core *core, size_t handle)
{
    breakpoint_remove(core, handle);
    core->host.steps--;
}
