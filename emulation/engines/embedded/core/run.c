/* The loop around Unicorn: runs it until a hook stops it, and deals with what it stopped for. */
#include "core.h"

enum { UC_ERR_OK = 0, UC_ERR_INSN_INVALID = 10 };

/* When something happens of which the guest must hear: no block may end beyond it. */
uint64_t run_next_event(const struct core *core)
{
    uint64_t event = systick_next_event(core);
    return core->shared.deadline < event ? core->shared.deadline : event;
}

/* How far blocks may run at all. */
uint64_t run_bound(const struct core *core)
{
    uint64_t event = run_next_event(core);
    return event < core->shared.pause ? event : core->shared.pause;
}

/* Something is to be dealt with before any other block. */
bool run_is_interrupted(const struct core *core)
{
    return core->shared.stop || core->shared.reset_requested || core->imprecise_fault ||
           core->traps_changed;
}

/* Recompute up to which cycle the block hook needs to do nothing but count. */
void run_limit(struct core *core)
{
    uint64_t bound = run_bound(core);
    core->shared.limit = bound < core->repeat.next ? bound : core->repeat.next;
    if (run_is_interrupted(core) || core->preempting < PRIORITY_THREAD ||
        core->state.resume_unchecked)
        core->shared.limit = 0;
}

/*
 * Make Unicorn return. Only ever from a hook at a block's or an instruction's start: a stop within
 * an instruction would make it execute again. Within an IT block Unicorn passes over the stop; the
 * limit makes the next block repeat it.
 */
void run_halt(struct core *core, enum halt halt)
{
    core->halt = halt;
    core->shared.limit = 0;
    core->unicorn.emu_stop(core->uc);
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    (void)uc;
    struct core *core = user;
    core->interrupt_number = number;
    run_halt(core, HALT_INTERRUPT);
}

/*
 * Unicorn calls this for undefined instructions, and for WFE and YIELD. Of the latter two the PC is
 * already behind the block they end; an undefined instruction is within its block.
 */
static bool on_invalid(uc_engine *uc, void *user)
{
    (void)uc;
    struct core *core = user;
    uint32_t end = block_end(core->block);
    if (cpu_read(core, PC) != end)
        return false;
    uint16_t narrow = 0, wide = 0, suffix = 0;
    memory_fetch(core, end - 2, &narrow);
    memory_fetch(core, end - 4, &wide);
    memory_fetch(core, end - 2, &suffix);
    bool wfe = narrow == 0xBF20 || (wide == 0xF3AF && suffix == 0x8002);
    if (!wfe)
        return true;
    if (core->state.event)
        core->state.event = 0;
    else
        run_halt(core, HALT_WAIT_FOR_EVENT);
    return true;
}

/* A breakpoint's own hook, before its instruction executes. */
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
    core->shared.stop_address = (uint32_t)address;
    run_halt(core, HALT_BREAKPOINT);
}

/* Give back the cycles of the block's part that has not run; it is charged when it does. */
static void refund(struct core *core)
{
    uint32_t pc = core->state.pc & ~1u, end = block_end(core->block);
    if (pc < block_address(core->block) || pc >= end)
        return;
    core->shared.cycles -= block_instructions(core, pc, end - pc);
    core->state.resume_unchecked = 1;
}

static void on_cpu_exception(struct core *core)
{
    interpret_expect(core);
    switch (core->interrupt_number) {
    case EXCP_SWI:
        exception_svc(core);
        return;
    case EXCP_EXCEPTION_EXIT:
        exception_return(core, core->state.pc | 1);
        return;
    case EXCP_BKPT:
        core->state.dfsr |= 1u << 1;
        fault_raise(core, EXCEPTION_HARD_FAULT, 0, HFSR_DEBUGEVT);
        return;
    default:
        fault_raise(core, EXCEPTION_USAGE_FAULT, CFSR_UNDEFINSTR, 0);
    }
}

/* The memory map refused an access. Unicorn tells the page only, and a hook that would tell the
 * address makes every store slow: the address comes from the registers. */
static void on_refusal(struct core *core)
{
    uint32_t pc = core->state.pc & ~1u, page = core->fault_address & ~(PAGE_SIZE - 1);
    uint32_t address = page;
    if (core->fault_access != ACCESS_FETCH) {
        access_decode(core, pc, &address);
        if ((address & ~(PAGE_SIZE - 1)) != page) /* it began on the page before */
            address = page;
        fault_raise_at(core, EXCEPTION_BUS_FAULT, CFSR_PRECISERR, address, core->fault_access);
    } else if (is_execute_never(pc)) {
        fault_raise_at(core, EXCEPTION_MEM_MANAGE, CFSR_IACCVIOL, pc, ACCESS_FETCH);
    } else {
        fault_raise_at(core, EXCEPTION_BUS_FAULT, CFSR_IBUSERR, pc, ACCESS_FETCH);
    }
}

static void on_undefined(struct core *core)
{
    uint32_t cfsr = cpu_read(core, XPSR) & XPSR_THUMB ? CFSR_UNDEFINSTR : CFSR_INVSTATE;
    if (cfsr == CFSR_INVSTATE)
        core->state.pc &= ~1u;
    fault_raise(core, EXCEPTION_USAGE_FAULT, cfsr, 0);
}

/* Let Unicorn run until a hook stops it. False: it was stopped otherwise, with this outcome. */
static bool translate(struct core *core, int *outcome)
{
    core->halt = HALT_SLEEP;
    core->fault_seen = false;
    core->shared.runs++;
    nvic_expect(core);
    cpu_put(core);
    core->cpu.translating = true;
    int error = core->unicorn.emu_start(core->uc, core->state.pc | 1, 0, 0, 0);
    core->cpu.translating = false;
    core->state.pc = cpu_read(core, PC) | 1;
    *outcome = -1;
    if (error == UC_ERR_INSN_INVALID) {
        on_undefined(core);
        return false;
    }
    if (error != UC_ERR_OK && core->fault_seen) {
        on_refusal(core);
        return false;
    }
    if (error != UC_ERR_OK) {
        core->shared.unicorn_error = (uint32_t)error;
        *outcome = OUTCOME_UNICORN_ERROR;
        return false;
    }
    return true;
}

/* Execute until there is something to deal with, and do so. The run's outcome; -1: it goes on. */
static int execute(struct core *core)
{
    struct shared *shared = &core->shared;
    int outcome;
    bool here = interpret_may_begin(core);
    if (here)
        core->halt = interpret(core);
    if (here && core->halt == HALT_LEAVE_WITHIN) { /* a block is interrupted for nothing */
        refund(core);
        core->patience = 0;
        run_limit(core);
        here = false;
    }
    if (!here && !translate(core, &outcome))
        return outcome;
    switch (core->halt) {
    case HALT_INTERRUPT:
        if (core->interrupt_number == EXCP_BKPT && shared->debugger) {
            shared->stop_address = core->state.pc & ~1u;
            return OUTCOME_BREAKPOINT;
        }
        on_cpu_exception(core);
        break;
    case HALT_LIMIT:
        /* Time moves on to a real event that the next block would cross, but never to a pause:
         * where the caller looks must not change what the guest sees. */
        if (!run_is_interrupted(core) && shared->cycles < shared->pause &&
            shared->cycles < run_next_event(core))
            shared->cycles = run_next_event(core);
        break;
    case HALT_SLEEP:
        core->state.sleeping = 1;
        core->state.waiting_for_event = 0;
        break;
    case HALT_WAIT_FOR_EVENT:
        core->state.sleeping = 1;
        core->state.waiting_for_event = 1;
        break;
    case HALT_BREAKPOINT:
        refund(core);
        return OUTCOME_BREAKPOINT;
    case HALT_LEAVE:
        core->patience = 0;
        break;
    case HALT_FPU:
        fpu_approach(core);
        break;
    case HALT_TRAP:
        fpu_forget(core);
        refund(core);
        core->state.resume_unchecked = 0;
        core->state.pc = core->trap_address | 1;
        fault_raise(core, EXCEPTION_USAGE_FAULT, core->trap_cause, 0);
        break;
    default:
        break;
    }
    return -1;
}

static bool wakes(struct core *core)
{
    struct state *state = &core->state;
    if (state->waiting_for_event && state->event) {
        state->event = 0;
        return true;
    }
    return nvic_wakes(core);
}

/* The order of the checks is part of the determinism: it must not depend on where a run was
 * paused. */
static int run(struct core *core)
{
    struct shared *shared = &core->shared;
    struct state *state = &core->state;
    for (;;) {
        systick_sync(core);
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
        if (shared->cycles >= shared->deadline)
            return OUTCOME_DEADLINE;
        if (core->imprecise_fault) {
            core->imprecise_fault = false;
            fault_raise_at(core, EXCEPTION_BUS_FAULT, CFSR_IMPRECISERR, core->imprecise_address,
                           ACCESS_NONE);
            continue;
        }
        if (core->traps_changed)
            traps_apply(core);
        if (state->sleeping && wakes(core))
            state->sleeping = 0;
        if (!state->sleeping && !state->locked_up && !state->resume_unchecked &&
            nvic_can_take(core)) {
            interpret_expect(core);
            exception_enter(core, (unsigned)nvic_best_pending(core), false);
            continue;
        }
        if (shared->cycles >= shared->pause)
            return OUTCOME_PAUSE;
        if (state->sleeping || state->locked_up) {
            uint64_t next = run_next_event(core);
            shared->cycles = shared->pause < next ? shared->pause : next;
            continue;
        }
        run_limit(core);
        int outcome = execute(core);
        if (outcome >= 0)
            return outcome;
    }
}

/* Run until the next Python event (`deadline`) or pause, both in cycles, or until something else
 * wants Python's attention. */
EXPORT int core_run(struct core *core, uint64_t deadline, uint64_t pause)
{
    core->shared.deadline = deadline;
    core->shared.pause = pause;
    repeat_cancel(core);
    core->running = true;
    int outcome = run(core);
    core->running = false;
    return outcome;
}

enum { UC_HOOK_INTR = 1, UC_HOOK_CODE = 4, UC_HOOK_BLOCK = 8, UC_HOOK_INSN_INVALID = 1 << 14,
       UC_HOOK_EDGE_GENERATED = 1 << 15, UC_HOOK_TLB_FILL = 1 << 17 };

static bool add_hook(struct core *core, int type, void *callback)
{
    size_t handle;
    return core->unicorn.hook_add(core->uc, &handle, type, callback, core, 1, 0) == UC_ERR_OK;
}

bool run_attach(struct core *core)
{
    return add_hook(core, UC_HOOK_BLOCK, (void *)block_enter) &&
           add_hook(core, UC_HOOK_EDGE_GENERATED, (void *)block_translated) &&
           add_hook(core, UC_HOOK_INTR, (void *)on_interrupt) &&
           add_hook(core, UC_HOOK_INSN_INVALID, (void *)on_invalid) &&
           add_hook(core, UC_HOOK_TLB_FILL, (void *)memory_fill) &&
           core->unicorn.mmio_map(core->uc, DEVICE_PHYSICAL, (size_t)1 << 32, (void *)device_read,
                                  core, (void *)device_write, core) == UC_ERR_OK;
}

/* The earliest Python event or the pause changed during a run. */
EXPORT void core_set_bounds(struct core *core, uint64_t deadline, uint64_t pause)
{
    core->shared.deadline = deadline;
    core->shared.pause = pause;
    run_limit(core);
}

EXPORT void core_remove_breakpoint(struct core *core, size_t handle)
{
    core->unicorn.hook_del(core->uc, handle);
    core->breakpoints--;
}

/* Stop after one instruction, as a breakpoint on every other would. */
EXPORT size_t core_begin_step(struct core *core)
{
    size_t handle = 0;
    core->breakpoints++;
    core->passed_breakpoint = core->state.pc & ~1u;
    core->unicorn.hook_add(core->uc, &handle, UC_HOOK_CODE, (void *)on_breakpoint, core, 1, 0);
    return handle;
}

EXPORT size_t core_add_breakpoint(struct core *core, uint32_t address)
{
    size_t handle = 0;
    core->breakpoints++;
    core->passed_breakpoint = NO_ADDRESS;
    core->unicorn.hook_add(core->uc, &handle, UC_HOOK_CODE, (void *)on_breakpoint, core, address,
                           address);
    return handle;
}
