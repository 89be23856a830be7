#include "run/execution.h"

#include "decode/decode_block.h"
#include "decode/operand.h"
#include "execute/execute.h"
#include "hooks/check.h"

/* Give back the cycles of the block's part that has not run; it is charged when it does. */
static void refund(struct core *core)
{
    block_t block = core->code.current;
    uint32_t pc = core->cpu.state.pc & ~1u, end = block_end(block);
    if (pc < block_address(block) || pc >= end)
        return;
    core->schedule.shared.cycles -= decode_contents(&core->map, pc, end - pc).instructions;
    core->schedule.resumed_within = 1;
}

/* An instruction raised a CPU exception. */
static void on_interrupt(struct core *core)
{
    struct exceptions *exceptions = &core->exceptions;
    execute_expect(&core->executor);
    switch (core->host.interrupt) {
    case EXCP_SWI: exception_svc(exceptions); return;
    case EXCP_EXCEPTION_EXIT: exception_return(exceptions, core->cpu.state.pc | 1); return;
    case EXCP_BKPT: /* semihosting would look at its immediate first */
        core->scb.dfsr |= DFSR_BKPT;
        exception_fault(exceptions, EXCEPTION_HARD_FAULT, 0, HFSR_DEBUGEVT);
        return;
    default: exception_fault(exceptions, EXCEPTION_USAGE_FAULT, CFSR_UNDEFINSTR, 0);
    }
}

/* The soft TLB refused an access. Unicorn reports the page only, and a hook that reports the
 * address makes every store slow: the address comes from the instruction and the registers. */
static void on_refusal(struct core *core)
{
    uint32_t pc = core->cpu.state.pc & ~1u, page = core->tlb.address & ~(PAGE_SIZE - 1);
    if (core->tlb.access != ACCESS_FETCH) {
        struct decoder decoder = decoder_at(&core->map, pc);
        uint32_t address = page;
        if (decode_description(&decoder) && decoder.last.operand.alignment)
            address = operand_address(&decoder.last.operand, &core->cpu);
        if ((address & ~(PAGE_SIZE - 1)) != page) /* it began on the page before */
            address = page;
        exception_fault_at(&core->exceptions, EXCEPTION_BUS_FAULT, CFSR_PRECISERR, address,
                           core->tlb.access);
    } else if (is_execute_never(pc)) {
        exception_fault_at(&core->exceptions, EXCEPTION_MEM_MANAGE, CFSR_IACCVIOL, pc,
                           ACCESS_FETCH);
    } else {
        exception_fault_at(&core->exceptions, EXCEPTION_BUS_FAULT, CFSR_IBUSERR, pc, ACCESS_FETCH);
    }
}

static void on_undefined(struct core *core)
{
    bool thumb = cpu_read(&core->cpu, XPSR) & XPSR_THUMB;
    if (!thumb)
        core->cpu.state.pc &= ~1u;
    exception_fault(&core->exceptions, EXCEPTION_USAGE_FAULT,
                    thumb ? CFSR_UNDEFINSTR : CFSR_INVSTATE, 0);
}

static void on_failed_check(struct core *core)
{
    fpu_check_end(core);
    refund(core);
    core->schedule.resumed_within = 0;
    core->cpu.state.pc = core->checks.address | 1;
    exception_fault(&core->exceptions, EXCEPTION_USAGE_FAULT, core->checks.cause, 0);
}

/* Time moves on to a real event that the next block would cross, but never to a pause: where the
 * caller looks must not change what the guest sees. */
static void on_limit(struct core *core)
{
    struct schedule *schedule = &core->schedule;
    uint64_t event = schedule_next_event(schedule), *cycles = &schedule->shared.cycles;
    if (!schedule_is_interrupted(schedule) && *cycles < schedule->shared.pause && *cycles < event)
        *cycles = event;
}

/* Let Unicorn run until a hook stops it. False: something else did, with this outcome. */
static bool translate(struct core *core, int *outcome)
{
    struct host *host = &core->host;
    struct cpu *cpu = &core->cpu;
    host->halt = HALT_NONE;
    core->tlb.refused = false;
    core->schedule.shared.runs++;
    nvic_before_unicorn(&core->nvic);
    cpu_write_back(cpu);
    cpu->translating = true;
    int error = host->unicorn.emu_start(host->uc, cpu->state.pc | 1, 0, 0, 0);
    cpu->translating = false;
    cpu->state.pc = cpu_read(cpu, PC) | 1;
    *outcome = -1;
    if (error == UC_ERR_OK) {
        if (host->halt == HALT_NONE)
            host->halt = HALT_SLEEP;
        return true;
    }
    if (error == UC_ERR_INSN_INVALID) {
        on_undefined(core);
    } else if (core->tlb.refused) {
        on_refusal(core);
    } else {
        core->schedule.shared.unicorn_error = (uint32_t)error;
        *outcome = OUTCOME_UNICORN_ERROR;
    }
    return false;
}

static void fall_asleep(struct cpu *cpu, bool until_event)
{
    cpu->state.sleeping = 1;
    cpu->state.waiting_for_event = until_event;
}

int execution_run(struct core *core)
{
    struct shared *shared = &core->schedule.shared;
    struct host *host = &core->host;
    int outcome;
    bool here = execute_may_begin(&core->executor);
    if (here)
        host->halt = execute(&core->executor);
    if (here && host->halt == HALT_LEAVE_WITHIN) { /* Unicorn goes on at once, in mid-block */
        refund(core);
        core->executor.budget = 0;
        schedule_update(&core->schedule);
        here = false;
    }
    if (!here && !translate(core, &outcome))
        return outcome;
    switch (host->halt) {
    case HALT_INTERRUPT:
        if (host->interrupt == EXCP_BKPT && shared->debugger) {
            shared->stop_address = core->cpu.state.pc & ~1u;
            return OUTCOME_BREAKPOINT;
        }
        on_interrupt(core);
        break;
    case HALT_LIMIT: on_limit(core); break;
    case HALT_SLEEP: fall_asleep(&core->cpu, false); break;
    case HALT_WAIT_FOR_EVENT: fall_asleep(&core->cpu, true); break;
    case HALT_BREAKPOINT: refund(core); return OUTCOME_BREAKPOINT;
    case HALT_LEAVE: core->executor.budget = 0; break;
    case HALT_FPU: fpu_check_begin(core); break;
    case HALT_CHECK: on_failed_check(core); break;
    default: break;
    }
    return -1;
}
