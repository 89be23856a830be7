#include "run/run.h"

#include "execute/density.h"
#include "execute/execute.h"
#include "hooks/check.h"
#include "hooks/watchpoint.h"
#include "run/execution.h"

/* WFI or WFE ends. */
static bool wakes(struct core *core)
{
    struct cpu_state *state = &core->cpu.state;
    if (state->waiting_for_event && state->event) {
        state->event = 0;
        return true;
    }
    return nvic_wakes(&core->nvic);
}

/* What Python is to do before anything else is executed; -1: nothing. */
static int due(struct shared *shared)
{
    if (shared->stop) {
        shared->stop = 0;
        return OUTCOME_STOP;
    }
    if (shared->fault_ready) {
        shared->fault_ready = 0;
        return OUTCOME_FAULT;
    }
    if (shared->reset_requested)
        return OUTCOME_RESET;
    return shared->cycles >= shared->deadline ? OUTCOME_DEADLINE : -1;
}

static void take_bus_fault(struct core *core)
{
    const struct bus *bus = &core->bus;
    schedule_withdraw(&core->schedule, REQUEST_BUS_FAULT);
    exception_imprecise_fault(&core->exceptions, bus->imprecise_address, bus->imprecise_access);
}

static void update_protection(struct core *core)
{
    bool flush;
    if (protection_update(&core->protection, &flush))
        code_reexamine(&core->code);
    if (flush)
        host_flush_tlb(&core->host);
    schedule_withdraw(&core->schedule, REQUEST_PROTECTION);
}

/* WFI or WFE with SLEEPDEEP begins or ends: SysTick has no clock, and the power controller knows. */
static bool deep_sleep_changes(const struct core *core)
{
    const struct cpu_state *state = &core->cpu.state;
    bool deep = state->sleeping && !(state->powered_down & HALTED) &&
                core->scb.scr & SCR_SLEEPDEEP;
    return core->deep_sleep_handler && deep != (bool)state->deeply_asleep;
}

static void change_deep_sleep(struct core *core)
{
    struct cpu_state *state = &core->cpu.state;
    const uint32_t begins[] = {!state->deeply_asleep};
    state->deeply_asleep = begins[0];
    if (begins[0])
        systick_hold(&core->systick);
    else
        systick_resume(&core->systick);
    host_call(&core->host, core->deep_sleep_handler, begins, 1, NULL);
}

/* Any sleep: clocks that RCC closes while it lasts. */
static bool sleep_changes(const struct core *core)
{
    const struct cpu_state *state = &core->cpu.state;
    bool asleep = state->follows_sleep && state->sleeping && !(state->powered_down & HALTED);
    return core->sleep_handler && asleep != (bool)state->asleep;
}

static void change_sleep(struct core *core)
{
    struct cpu_state *state = &core->cpu.state;
    const uint32_t begins[] = {!state->asleep};
    state->asleep = begins[0];
    host_call(&core->host, core->sleep_handler, begins, 1, NULL);
}

static bool can_take_exception(struct core *core)
{
    const struct cpu_state *state = &core->cpu.state;
    return !state->sleeping && !state->locked_up && !core->schedule.resumed_within &&
           nvic_can_take(&core->nvic);
}

/* The order of the checks is part of the determinism: it must not depend on where a run was
 * paused. */
static int loop(struct core *core)
{
    struct schedule *schedule = &core->schedule;
    struct shared *shared = &schedule->shared;
    struct cpu_state *state = &core->cpu.state;
    for (;;) {
        systick_sync(&core->systick);
        dwt_sync(&core->dwt);
        agenda_run(&core->agenda);
        int outcome = due(shared);
        if (outcome >= 0)
            return outcome;
        if (schedule->requests & REQUEST_BUS_FAULT) {
            take_bus_fault(core);
            continue;
        }
        if (schedule->requests & REQUEST_CHECKS)
            checks_apply(core);
        if (schedule->requests & REQUEST_PROTECTION)
            update_protection(core);
        if (schedule->requests & REQUEST_WATCHPOINTS)
            watchpoints_update(core);
        if (schedule->requests & REQUEST_FIREWALL)
            firewall_apply(&core->firewall);
        if (schedule->requests & REQUEST_INTERPRETER)
            density_grant(&core->executor);
        if (state->sleeping && !state->powered_down && wakes(core))
            state->sleeping = 0;
        if (sleep_changes(core)) {
            change_sleep(core);
            continue;
        }
        if (deep_sleep_changes(core)) {
            change_deep_sleep(core);
            continue;
        }
        if (can_take_exception(core)) {
            execute_expect(&core->executor);
            exception_enter(&core->exceptions, nvic_best_pending(&core->nvic), false);
            continue;
        }
        if (schedule_is_paused(schedule))
            return OUTCOME_PAUSE;
        if (state->sleeping || state->locked_up) {
            shared->cycles = schedule_bound(schedule);
            continue;
        }
        schedule_update(schedule);
        outcome = execution_run(core);
        if (outcome >= 0)
            return outcome;
    }
}

int core_run(struct core *core, uint64_t deadline, uint64_t pause)
{
    core->schedule.shared.deadline = deadline;
    core->schedule.shared.pause = pause;
    __atomic_store_n(&core->watch.calls, core->watch.calls + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&core->schedule.attention, 0, __ATOMIC_RELAXED);
    idle_cancel(&core->idle);
    core->schedule.running = true;
    agenda_update(&core->agenda);
    int outcome = loop(core);
    host_flush(&core->host);
    core->schedule.running = false;
    return outcome;
}

void core_set_bounds(struct core *core, uint64_t deadline, uint64_t pause)
{
    core->schedule.shared.deadline = deadline;
    core->schedule.shared.pause = pause;
    agenda_update(&core->agenda);
    schedule_update(&core->schedule);
}
