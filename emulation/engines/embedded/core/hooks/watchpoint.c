#include "hooks/watchpoint.h"

#include "hooks/check.h"

/* Unicorn calls this before every instruction. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    (void)uc;
    (void)size;
    struct core *core = user;
    struct watchpoints *watchpoints = &core->bus.watchpoints;
    if (core->tlb.service || core->host.halt != HALT_NONE) /* that was within an IT block */
        return;
    if (core->schedule.shared.watched_access) {
        core->schedule.shared.stop_address = (uint32_t)address;
        check_stop(core, (uint32_t)address, HALT_BREAKPOINT);
    } else if (watchpoints->matched) {
        check_stop(core, (uint32_t)address, HALT_WATCHPOINT);
    } else {
        watchpoint_note_execution(watchpoints, (uint32_t)address);
    }
}

/* Add or remove the hook, now that there are watchpoints or none. */
static void follow(struct core *core, bool had_any)
{
    struct host *host = &core->host;
    bool has_any = watchpoints_exist(&core->bus.watchpoints);
    if (has_any && !had_any)
        host->unicorn.hook_add(host->uc, &core->watch_handle, UC_HOOK_CODE, (void *)on_instruction,
                               core, 1, 0);
    else if (!has_any && had_any)
        host->unicorn.hook_del(host->uc, core->watch_handle);
}

void watchpoints_set(struct core *core, const struct watchpoint *list, uint32_t count)
{
    bool had_any = watchpoints_exist(&core->bus.watchpoints);
    watchpoints_replace(&core->bus.watchpoints, list, count);
    follow(core, had_any);
}

void watchpoints_update(struct core *core)
{
    struct host *host = &core->host;
    struct watchpoints *watchpoints = &core->bus.watchpoints;
    bool had_any = watchpoints_exist(watchpoints);
    bool compared = watchpoints_compare_execution(watchpoints);
    watchpoints_compare(watchpoints);
    /* Instructions compared, neither the interpreter nor idle-loop skipping may execute any. */
    host->steps += (unsigned)watchpoints_compare_execution(watchpoints) - (unsigned)compared;
    follow(core, had_any);
    if (had_any || watchpoints_exist(watchpoints)) {
        host_flush_tlb(host);
        host->unicorn.ctl(host->uc, UC_CTL_TB_FLUSH_WRITE);
    }
    schedule_withdraw(&core->schedule, REQUEST_WATCHPOINTS);
}
