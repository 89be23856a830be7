#include "run/execution.h"

#include "decode/decode_block.h"
#include "decode/operand.h"
#include "execute/execute.h"
#include "hooks/check.h"
#include "hooks/forbidden.h"
#include "hooks/guard.h"
#include "run/substitute.h"

/* How many instructions of the block that has been charged haven't run. */
static uint32_t instructions_left(const struct core *core)
{
    block_t block = core->code.current;
    uint32_t pc = core->cpu.state.pc & ~1u, end = block_end(block);
    if (pc < block_address(block) || pc >= end)
        return 0;
    return decode_contents(&core->map, pc, end - pc).instructions;
}

/* Give back the cycles of the block's part that has not run; it is charged when it does. */
static void refund(struct core *core)
{
    uint32_t left = instructions_left(core);
    if (!left)
        return;
    core->schedule.shared.cycles -= left;
    core->schedule.resumed_within = 1;
}

/* The block is left for an exception: nothing of the rest runs. */
static void refund_rest(struct core *core)
{
    schedule_refund(&core->schedule, instructions_left(core));
    core->schedule.resumed_within = 0;
}

/* Go on behind an instruction that has not executed and whose block has been charged. */
static void skip_instruction(struct core *core)
{
    struct cpu *cpu = &core->cpu;
    struct decoder decoder = decoder_at(&core->map, cpu->state.pc & ~1u);
    refund(core);
    if (!decode_description(&decoder))
        return;
    cpu_fetch(cpu);
    cpu->registers.it = it_advance(cpu->registers.it);
    cpu->state.pc = decoder.pc | 1;
    core->schedule.shared.cycles++;
    core->schedule.resumed_within = decoder.pc < block_end(core->code.current);
}

/* BKPT 0xAB, if someone serves it: a call with its number in R0 and its arguments at R1. */
static bool call_semihosting(struct core *core)
{
    struct decoder decoder = decoder_at(&core->map, core->cpu.state.pc & ~1u);
    uint32_t answer = 0;
    if (!core->semihosting || !decode_description(&decoder) ||
        !(decoder.last.flags & INSTRUCTION_SEMIHOSTING))
        return false;
    core->schedule.side_effects = true;
    host_call(&core->host, core->semihosting, NULL, 0, &answer);
    cpu_write(&core->cpu, R0, answer);
    skip_instruction(core);
    return true;
}

/* An instruction raised a CPU exception. */
static void on_interrupt(struct core *core)
{
    struct exceptions *exceptions = &core->exceptions;
    execute_expect(&core->executor);
    switch (core->host.interrupt) {
    case EXCP_SWI: exception_svc(exceptions); return;
    case EXCP_EXCEPTION_EXIT: exception_return(exceptions, core->cpu.state.pc | 1); return;
    case EXCP_BKPT: exception_breakpoint(exceptions); return;
    case EXCP_DATA_ABORT: /* of LDREXH and STREXH */
        refund_rest(core);
        exception_fault(exceptions, EXCEPTION_USAGE_FAULT, CFSR_UNALIGNED, 0);
        return;
    default:
        refund_rest(core);
        exception_fault(exceptions, EXCEPTION_USAGE_FAULT, CFSR_UNDEFINSTR, 0);
    }
}

/* The soft TLB refused an access. Unicorn reports the page only, and a hook that reports the
 * address makes every store slow: the address comes from the instruction and the registers. */
static void on_refusal(struct core *core)
{
    uint32_t pc = core->cpu.state.pc & ~1u, page = core->tlb.address & ~(PAGE_SIZE - 1);
    bool forbidden = core->tlb.forbidden;
    if (core->tlb.access != ACCESS_FETCH && !forbidden && fault_is_ignored(&core->exceptions.faults)) {
        skip_instruction(core);
    } else if (core->tlb.access == ACCESS_WRITE && substitute_store_to_stir(core)) {
        skip_instruction(core);
    } else if (core->tlb.access != ACCESS_FETCH) {
        struct decoder decoder = decoder_at(&core->map, pc);
        uint32_t address = page;
        if (decode_description(&decoder) && decoder.last.operand.alignment)
            address = operand_address(&decoder.last.operand, &core->cpu);
        if ((address & ~(PAGE_SIZE - 1)) != page) /* it began on the page before */
            address = page;
        refund_rest(core);
        exception_fault_at(&core->exceptions,
                           forbidden ? EXCEPTION_MEM_MANAGE : EXCEPTION_BUS_FAULT,
                           forbidden ? CFSR_DACCVIOL : CFSR_PRECISERR, address, core->tlb.access);
    } else if (forbidden || is_execute_never(pc)) {
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
    refund_rest(core);
    exception_fault(&core->exceptions, EXCEPTION_USAGE_FAULT,
                    thumb ? CFSR_UNDEFINSTR : CFSR_INVSTATE, 0);
}

/* An access that the MPU forbids. */
static void raise_forbidden(struct core *core)
{
    exception_fault_at(&core->exceptions, EXCEPTION_MEM_MANAGE, CFSR_DACCVIOL,
                       core->checks.access_address, core->checks.access);
}

/* Go on in mid-block, looking at each instruction. */
static void look_at_rest(struct core *core)
{
    core->checks.address = core->cpu.state.pc & ~1u;
    core->checks.end = block_end(core->code.current);
    check_begin(core);
}

static void begin_fp_context(struct core *core)
{
    cpu_write(&core->cpu, CONTROL, cpu_read(&core->cpu, CONTROL) | CONTROL_FPCA);
    if (core->scb.fpccr & FPCCR_ASPEN)
        cpu_write(&core->cpu, FPSCR, core->scb.fpdscr);
}

/* The CPU is at an instruction that Unicorn doesn't execute: its context begins even if it faults
 * (ExecuteFPCheck comes first). */
static void begin_own_fp_context(struct core *core)
{
    struct decoder decoder = decoder_at(&core->map, core->cpu.state.pc & ~1u);
    if (core->scb.fpccr & FPCCR_ASPEN && !(cpu_read(&core->cpu, CONTROL) & CONTROL_FPCA) &&
        decode_description(&decoder) && decoder.last.flags & INSTRUCTION_FPU)
        begin_fp_context(core);
}

static void on_failed_check(struct core *core)
{
    check_end(core);
    check_return(core);
    if (core->checks.begins_context) {
        begin_fp_context(core);
        refund(core);
        look_at_rest(core);
        return;
    }
    if (core->checks.cause != CFSR_NOCP && core->checks.cause != CFSR_IACCVIOL)
        begin_own_fp_context(core);
    if (!core->checks.cause) {
        substitute_execute(core);
        skip_instruction(core);
        if (core->schedule.resumed_within)
            look_at_rest(core);
        return;
    }
    refund_rest(core);
    if (core->checks.cause == CFSR_DACCVIOL)
        raise_forbidden(core);
    else
        exception_fault(&core->exceptions,
                        core->checks.cause == CFSR_IACCVIOL ? EXCEPTION_MEM_MANAGE
                                                            : EXCEPTION_USAGE_FAULT,
                        core->checks.cause, 0);
}

static void on_forbidden(struct core *core)
{
    forbidden_return(core);
    refund_rest(core);
    raise_forbidden(core);
}

/* Time moves on to a real event that the next block would cross, but never to a pause: where the
 * caller looks must not change what the guest sees. */
static void on_limit(struct core *core)
{
    struct schedule *schedule = &core->schedule;
    uint64_t event = schedule_next_event(schedule), *cycles = &schedule->shared.cycles;
    if (!schedule_is_interrupted(schedule) && !schedule_is_paused(schedule) && *cycles < event)
        *cycles = event;
}

/* Execute CLREX: Unicorn has no other way to close the local monitor. */
static void close_monitor(struct core *core)
{
    struct host *host = &core->host;
    uint32_t thumb = XPSR_THUMB;
    core->cpu.state.monitor = MONITOR_CLOSED;
    host->unicorn.reg_write(host->uc, core->cpu.ids[EPSR], &thumb);
    core->tlb.service = true;
    host->unicorn.emu_start(host->uc, SERVICE_ADDRESS | 1, 0, 0, 0);
    core->tlb.service = false;
}

/* Let Unicorn run until a hook stops it. False: something else did, with this outcome. */
static bool translate(struct core *core, int *outcome)
{
    struct host *host = &core->host;
    struct cpu *cpu = &core->cpu;
    host->halt = HALT_NONE;
    core->tlb.refused = core->tlb.forbidden = core->bus.watchpoints.matched = false;
    core->schedule.shared.runs++;
    cpu_fetch(cpu);
    if (cpu->state.monitor == MONITOR_CLOSING)
        close_monitor(core);
    if (!core->schedule.resumed_within)
        check_end(core);
    if (core->checks.retires)
        checks_retire(core);
    core->checks.start = cpu->state.pc & ~1u;
    core->checks.start_it = (uint8_t)cpu->registers.it;
    core->checks.admitted = NO_ADDRESS;
    nvic_before_unicorn(&core->nvic);
    cpu_write_back(cpu);
    cpu->translating = true;
    int error = host->unicorn.emu_start(host->uc, cpu->state.pc | 1, 0, 0, 0);
    cpu->translating = false;
    core->schedule.rest = 0;
    cpu->state.pc = cpu_read(cpu, PC) | 1;
    *outcome = -1;
    if (error == UC_ERR_OK || halt_is_within(host->halt)) {
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
        if (host->interrupt == EXCP_BKPT && call_semihosting(core))
            break;
        if (host->interrupt == EXCP_BKPT && shared->debugger) {
            shared->stop_address = core->cpu.state.pc & ~1u;
            return OUTCOME_BREAKPOINT;
        }
        on_interrupt(core);
        break;
    case HALT_LIMIT: on_limit(core); break;
    case HALT_SLEEP: fall_asleep(&core->cpu, false); break;
    case HALT_WAIT_FOR_EVENT: fall_asleep(&core->cpu, true); break;
    case HALT_WATCHPOINT:
        check_return(core);
        if (shared->debugger) {
            refund(core);
            shared->stop_address = core->cpu.state.pc & ~1u;
            return OUTCOME_BREAKPOINT;
        }
        refund_rest(core);
        break;
    case HALT_BREAKPOINT:
        check_return(core);
        refund(core);
        return OUTCOME_BREAKPOINT;
    case HALT_LEAVE: core->executor.budget = 0; break;
    case HALT_FORBIDDEN: on_forbidden(core); break;
    case HALT_FP_CONTEXT: begin_fp_context(core); break;
    case HALT_LOOK: check_begin(core); break;
    case HALT_UNWATCHED:
        core->checks.unwatched = false;
        guard_watch(core, core->checks.address, core->checks.end - core->checks.address);
        host_drop_translations(host, core->checks.address,
                               core->checks.end - core->checks.address);
        break;
    case HALT_CHECK: on_failed_check(core); break;
    default: break;
    }
    return -1;
}
