#include "hooks/breakpoint.h"

#include "hooks/check.h"

/* Stop before the instruction, unless the run goes on from there. Both hooks note the stop: a run that
 * goes on passes either. */
static void stop_at(struct core *core, uint32_t address, uint32_t *passed)
{
    if (core->tlb.service || core->host.halt != HALT_NONE)
        return;
    if (*passed == address) {
        *passed = NO_ADDRESS;
        return;
    }
    core->passed_breakpoint = core->passed_step = address;
    core->schedule.shared.stop_address = address;
    check_stop(core, address, HALT_BREAKPOINT);
}

/* Unicorn calls this before the breakpoint's instruction ... */
static void on_breakpoint(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    stop_at(core, (uint32_t)address, &core->passed_breakpoint);
}

/* ... and this before every instruction of single steps. */
static void on_step(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    stop_at(core, (uint32_t)address, &core->passed_step);
}

/* Call `callback` at instructions from `first` to `last`; 1 and 0: at all. */
static size_t add(struct core *core, void *callback, uint64_t first, uint64_t last)
{
    struct host *host = &core->host;
    size_t handle = 0;
    host->unicorn.hook_add(host->uc, &handle, UC_HOOK_CODE, callback, core, first, last);
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
    return add(core, (void *)on_breakpoint, address, address);
}

void breakpoint_remove(struct core *core, size_t handle)
{
    core->host.unicorn.hook_del(core->host.uc, handle);
}

size_t step_begin(struct core *core)
{
    core->host.steps++;
    core->passed_breakpoint = core->passed_step = core->cpu.state.pc & ~1u;
    return add(core, (void *)on_step, 1, 0);
}

void step_end(struct core *core, size_t handle)
{
    breakpoint_remove(core, handle);
    core->host.steps--;
}
