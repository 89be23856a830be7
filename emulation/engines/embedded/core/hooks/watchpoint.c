#include "hooks/watchpoint.h"

/* Unicorn calls this before every instruction. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    if (!core->schedule.shared.watched_access || core->tlb.service)
        return;
    core->schedule.shared.stop_address = (uint32_t)address;
    host_halt(&core->host, HALT_BREAKPOINT);
}

void watchpoints_set(struct core *core, const struct watchpoint *list, uint32_t count)
{
    struct host *host = &core->host;
    bool had_any = core->bus.watchpoints.count != 0;
    watchpoints_replace(&core->bus.watchpoints, list, count);
    if (count && !had_any)
        host->unicorn.hook_add(host->uc, &core->watch_handle, UC_HOOK_CODE, (void *)on_instruction,
                               core, 1, 0);
    else if (!count && had_any)
        host->unicorn.hook_del(host->uc, core->watch_handle);
}
