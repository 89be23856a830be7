#include "hooks/breakpoint.h"

/* Unicorn calls this before the breakpoint's instruction. */
static void on_breakpoint(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    if (core->passed_breakpoint == (uint32_t)address) {
        core->passed_breakpoint = NO_ADDRESS;
        return;
    }
    core->passed_breakpoint = (uint32_t)address;
    core->schedule.shared.stop_address = (uint32_t)address;
    host_halt(&core->host, HALT_BREAKPOINT);
}

/* Stop at instructions from `first` to `last`; 1 and 0: at all. */
static size_t add(struct core *core, uint32_t passed, uint64_t first, uint64_t last)
{
    struct host *host = &core->host;
    size_t handle = 0;
    host->breakpoints++;
    core->passed_breakpoint = passed;
    host->unicorn.hook_add(host->uc, &handle, UC_HOOK_CODE, (void *)on_breakpoint, core, first,
                           last);
    return handle;
}

size_t breakpoint_add(struct core *core, uint32_t address)
{
    return add(core, NO_ADDRESS, address, address);
}

size_t breakpoint_begin_step(struct core *core)
{
    return add(core, core->cpu.state.pc & ~1u, 1, 0);
}

void breakpoint_remove(struct core *core, size_t handle)
{
    core->host.unicorn.hook_del(core->host.uc, handle);
    core->host.breakpoints--;
}
