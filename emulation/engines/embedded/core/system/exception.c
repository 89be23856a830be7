#include "system/exception.h"

#include <string.h>

/* Frames, B1.5.6: R0 to R3, R12, LR, the return address, xPSR; S0 to S15 and FPSCR behind them. */
enum { BASIC_FRAME = 0x20, EXTENDED_FRAME = 0x68 };
enum { FRAME_R12 = 4, FRAME_LR, FRAME_PC, FRAME_XPSR = 7, FRAME_FP = 8, FRAME_FPSCR = 24 };
/* EXC_RETURN, B1.5.8. */
enum { EXC_HANDLER = 0x1, EXC_THREAD_MSP = 0x9, EXC_THREAD_PSP = 0xD, EXC_BASIC_FRAME = 0x10 };
#define EXC_RETURN 0xFFFFFFE0u

static const uint8_t fp_registers[] = {D0,     D0 + 1, D0 + 2, D0 + 3, D0 + 4,
                                       D0 + 5, D0 + 6, D0 + 7, FPSCR};

static void push_fp(struct cpu *cpu, uint32_t *frame)
{
    uint64_t values[9];
    cpu_read_many(cpu, fp_registers, values, 9);
    memcpy(frame + FRAME_FP, values, 64);
    frame[FRAME_FPSCR] = (uint32_t)values[8];
    frame[FRAME_FPSCR + 1] = 0;
}

static void pop_fp(struct cpu *cpu, const uint32_t *frame)
{
    uint64_t values[9];
    memcpy(values, frame + FRAME_FP, 64);
    values[8] = frame[FRAME_FPSCR];
    cpu_write_many(cpu, fp_registers, values, 9);
}

/* The MPU permits an access to the stack, made as the code that is or will be interrupted would. */
static bool may_access(const struct exceptions *exceptions, uint32_t pointer, uint32_t size,
                       enum rights right, bool privileged)
{
    const struct protection *protection = exceptions->protection;
    return !protection_applies(protection) ||
           protection_permits(protection, pointer, size, right, privileged);
}

/* CONTROL.FPCA in Unicorn while there is no context: without ASPEN it stays set, or Unicorn would begin
 * one. */
static uint32_t context_kept(const struct scb *scb)
{
    return scb->fpccr & FPCCR_ASPEN ? 0 : CONTROL_FPCA;
}

/* CONTROL of a handler that is entered: no context yet, and nPRIV, which doesn't concern it. */
static uint32_t handlers_control(const struct exceptions *exceptions)
{
    return (cpu_read(exceptions->cpu, CONTROL) & CONTROL_NPRIV) | context_kept(exceptions->scb);
}

/* A word of the vector table. */
static bool read_vector(const struct exceptions *exceptions, unsigned exception, uint32_t *vector)
{
    const uint8_t *bytes =
        memory_at(exceptions->map, exceptions->scb->vtor + 4 * exception, 4, false);
    if (bytes)
        memcpy(vector, bytes, 4);
    return bytes != NULL;
}

/* There is no vector: a HardFault instead. Its vector; false: lockup. */
static bool take_vector_fault(struct exceptions *exceptions, unsigned exception, uint32_t *vector)
{
    struct faults *faults = &exceptions->faults;
    if (!faults->shared->fault_ready)
        fault_record(faults, EXCEPTION_HARD_FAULT);
    fault_set_status(faults, 0, HFSR_VECTTBL);
    fault_record_access(faults, exceptions->scb->vtor + 4 * exception, ACCESS_READ);
    fault_report(faults, EXCEPTION_HARD_FAULT);
    bit_clear(exceptions->nvic->state.pending, exception);
    if (exception == EXCEPTION_HARD_FAULT || exceptions->nvic->active <= PRIORITY_HARD_FAULT ||
        !read_vector(exceptions, EXCEPTION_HARD_FAULT, vector)) {
        fault_lock_up(faults);
        return false;
    }
    return true;
}

/* `before`: the exception that was executed; it has returned, or it is preempted. */
static void report(struct exceptions *exceptions, unsigned before)
{
    if (!exceptions->log)
        return;
    const struct cpu_state *state = &exceptions->cpu->state;
    if (before && bit_get(exceptions->nvic->state.active, before))
        before = EXCEPTION_NONE;
    exception_log_add(exceptions->log, exceptions->map, exceptions->host, state->pc,
                      state->exception, before);
}

/* The part of exception entry that tail-chaining shares: become the handler of `exception`. */
static void take(struct exceptions *exceptions, unsigned exception, uint32_t exc_return,
                 uint32_t control)
{
    struct cpu_state *state = &exceptions->cpu->state;
    unsigned before = state->exception;
    uint32_t vector = 0;
    if (!read_vector(exceptions, exception, &vector)) {
        if (!take_vector_fault(exceptions, exception, &vector))
            return;
        exception = EXCEPTION_HARD_FAULT;
    }
    cpu_fetch(exceptions->cpu);
    registers_enter_handler(&exceptions->cpu->registers, exception, exc_return, control);
    nvic_activate(exceptions->nvic, exception);
    state->pc = vector | 1;
    state->event = 1;
    protection_follow_priority(exceptions->protection);
    cpu_close_monitor(exceptions->cpu);
    state->sleeping = 0;
    exceptions->schedule->resumed_within = 0;
    exceptions->schedule->shared.exceptions_taken++;
    report(exceptions, before);
    if (!(vector & 1)) { /* the handler's first instruction would be in ARM state */
        state->pc = vector;
        exception_fault(exceptions, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE, 0);
    }
}

/* The frame can't be stacked: the handler runs on that stack anyway, its frame is lost. The exception
 * to take instead; EXCEPTION_NONE: lockup. */
static unsigned take_stacking_fault(struct exceptions *exceptions, unsigned exception,
                                    uint32_t pointer, bool forbidden)
{
    struct faults *faults = &exceptions->faults;
    unsigned fault = forbidden ? EXCEPTION_MEM_MANAGE : EXCEPTION_BUS_FAULT;
    if (!faults->shared->fault_ready)
        fault_record(faults, fault);
    fault_record_access(faults, pointer, ACCESS_WRITE);
    fault_set_status(faults, forbidden ? CFSR_MSTKERR : CFSR_STKERR, 0);
    unsigned taken = exception == EXCEPTION_HARD_FAULT ? EXCEPTION_HARD_FAULT
                                                       : fault_escalate(faults, fault);
    if (taken == EXCEPTION_NONE)
        fault_lock_up(faults);
    else
        fault_report(faults, taken);
    return taken;
}

/*
 * FP registers are saved at once where the hardware saves them when the handler first uses the FPU;
 * the guest can see the difference in FPCCR only, where LSPACT shows what the hardware would.
 */
void exception_enter(struct exceptions *exceptions, unsigned exception, bool synchronous)
{
    struct cpu *cpu = exceptions->cpu;
    struct scb *scb = exceptions->scb;
    struct shared *shared = &exceptions->schedule->shared;
    cpu_fetch(cpu);
    struct registers *registers = &cpu->registers;
    uint32_t *r = registers->r, sp = r[SP], xpsr = registers_get(registers, XPSR);
    uint32_t control = registers->control, pc = cpu->state.pc;
    bool thread = cpu->state.exception == EXCEPTION_NONE;

    if (control & CONTROL_FPCA)
        scb->fpccr &= ~(uint32_t)FPCCR_LSPACT; /* an outer context has been saved */
    bool fp = control & CONTROL_FPCA && scb->fpccr & FPCCR_ASPEN;
    uint32_t size = fp ? EXTENDED_FRAME : BASIC_FRAME;
    uint32_t pointer = (sp - size) & (fp || scb->ccr & CCR_STKALIGN ? ~7u : ~3u);
    uint32_t *frame = (uint32_t *)memory_at(exceptions->map, pointer, size, true);
    bool forbidden = !may_access(exceptions, pointer, size, MAY_WRITE,
                                 !thread || !(control & CONTROL_NPRIV));
    if (forbidden)
        frame = NULL;
    if (frame) {
        memory_note_written(exceptions->map, pointer, size);
        memcpy(frame, r, 4 * sizeof *frame);
        frame[FRAME_R12] = r[R12];
        frame[FRAME_LR] = r[LR];
        frame[FRAME_PC] = pc & ~1u;
        frame[FRAME_XPSR] = (xpsr & ~(uint32_t)XPSR_REALIGNED) |
                            (pointer != sp - size ? (uint32_t)XPSR_REALIGNED : 0);
        if (!(pc & 1))
            frame[FRAME_XPSR] &= ~(uint32_t)XPSR_THUMB;
        if (fp)
            push_fp(cpu, frame);
    } else {
        unsigned taken = take_stacking_fault(exceptions, exception, pointer, forbidden);
        if (taken == EXCEPTION_NONE)
            return;
        if (synchronous && exception == EXCEPTION_SVC)
            bit_set(exceptions->nvic->state.pending, exception);
        exception = taken;
    }
    if (shared->fault_ready)
        shared->fault.frame = frame ? pointer : 0;
    if (fp) {
        scb->fpcar = pointer + BASIC_FRAME;
        if (scb->fpccr & FPCCR_LSPEN)
            scb->fpccr |= FPCCR_LSPACT;
    }

    uint32_t exc_return = EXC_RETURN | (fp ? 0 : EXC_BASIC_FRAME);
    exc_return |= !thread                   ? EXC_HANDLER
                  : control & CONTROL_SPSEL ? EXC_THREAD_PSP
                                            : EXC_THREAD_MSP;
    r[SP] = pointer;
    take(exceptions, exception, exc_return, handlers_control(exceptions));
}

/* A return that cannot be: the fault is entered without another frame. */
static void refuse_return(struct exceptions *exceptions, unsigned exception, uint32_t exc_return,
                          uint32_t cfsr)
{
    struct faults *faults = &exceptions->faults;
    fault_record(faults, exception);
    fault_set_status(faults, cfsr, 0);
    unsigned taken = fault_escalate(faults, exception);
    if (taken == EXCEPTION_NONE) {
        fault_lock_up(faults);
        return;
    }
    fault_report(faults, taken);
    take(exceptions, taken, exc_return, handlers_control(exceptions));
}

/* EXC_RETURN fits the active exceptions. */
static bool is_valid_return(const struct exceptions *exceptions, uint32_t exc_return)
{
    const struct nvic *nvic = exceptions->nvic;
    unsigned returning = exceptions->cpu->state.exception, active = nvic_active_count(nvic);
    if (exc_return < EXC_RETURN || !bit_get(nvic->state.active, returning))
        return false;
    switch (exc_return & 0xF) {
    case EXC_HANDLER: return active > 1;
    case EXC_THREAD_MSP:
    case EXC_THREAD_PSP: return active == 1 || exceptions->scb->ccr & CCR_NONBASETHRDENA;
    default: return false;
    }
}

/* Take the context from its frame; `control` is CONTROL as the handler left it. */
static void unstack(struct exceptions *exceptions, uint32_t exc_return, const uint32_t *frame,
                    uint32_t pointer, uint32_t control)
{
    struct cpu *cpu = exceptions->cpu;
    bool basic = exc_return & EXC_BASIC_FRAME, process = (exc_return & 0xF) == EXC_THREAD_PSP;
    uint32_t xpsr = frame[FRAME_XPSR], above = pointer + (basic ? BASIC_FRAME : EXTENDED_FRAME);
    if (!basic) {
        pop_fp(cpu, frame);
        exceptions->scb->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    }
    if (xpsr & XPSR_REALIGNED)
        above |= 4;
    xpsr &= ~(uint32_t)XPSR_REALIGNED;
    control = (control & CONTROL_NPRIV) | (basic ? context_kept(exceptions->scb) : CONTROL_FPCA) |
              (process ? CONTROL_SPSEL : 0);
    cpu_fetch(cpu);
    registers_return(&cpu->registers, frame, xpsr, control, process, above);
    unsigned before = cpu->state.exception;
    cpu->state.exception = xpsr & XPSR_EXCEPTION;
    protection_follow_priority(exceptions->protection);
    cpu->state.pc = frame[FRAME_PC] | (xpsr & XPSR_THUMB ? 1 : 0);
    report(exceptions, before);
}

void exception_return(struct exceptions *exceptions, uint32_t exc_return)
{
    struct cpu *cpu = exceptions->cpu;
    struct nvic *nvic = exceptions->nvic;
    struct scb *scb = exceptions->scb;
    cpu_fetch(cpu);
    struct registers *registers = &cpu->registers;
    uint32_t control = registers->control, kind = exc_return & 0xF;
    bool to_thread = kind != EXC_HANDLER, valid = is_valid_return(exceptions, exc_return);
    unsigned returning = cpu->state.exception;

    if (control & CONTROL_FPCA)
        scb->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    if (returning != EXCEPTION_NMI)
        registers->faultmask = 0;
    nvic_deactivate(nvic, returning);
    cpu->state.event = 1;
    cpu_close_monitor(cpu);
    if (!valid) {
        refuse_return(exceptions, EXCEPTION_USAGE_FAULT, exc_return, CFSR_INVPC);
        return;
    }
    if (nvic_can_take(nvic)) { /* tail-chaining: the frame stays where it is */
        take(exceptions, nvic_best_pending(nvic), exc_return, handlers_control(exceptions));
        return;
    }
    uint32_t pointer = registers_get(registers, kind == EXC_THREAD_PSP ? PSP : MSP);
    uint32_t size = exc_return & EXC_BASIC_FRAME ? BASIC_FRAME : EXTENDED_FRAME;
    const uint32_t *frame = (uint32_t *)memory_at(exceptions->map, pointer, size, false);
    if (!may_access(exceptions, pointer, size, MAY_READ, !to_thread || !(control & CONTROL_NPRIV))) {
        refuse_return(exceptions, EXCEPTION_MEM_MANAGE, exc_return, CFSR_MUNSTKERR);
        return;
    }
    if (!frame) {
        refuse_return(exceptions, EXCEPTION_BUS_FAULT, exc_return, CFSR_UNSTKERR);
        return;
    }
    unsigned below = frame[FRAME_XPSR] & XPSR_EXCEPTION;
    if (to_thread != !below || (below && !nvic_has(nvic, below))) {
        refuse_return(exceptions, EXCEPTION_USAGE_FAULT, exc_return, CFSR_INVPC);
        return;
    }
    unstack(exceptions, exc_return, frame, pointer, control);
    if (!(frame[FRAME_XPSR] & XPSR_THUMB))
        exception_fault(exceptions, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE, 0);
    else if (to_thread && scb->scr & SCR_SLEEPONEXIT)
        cpu->state.sleeping = 1;
}

void exception_svc(struct exceptions *exceptions)
{
    struct nvic *nvic = exceptions->nvic;
    int priority = nvic_group_priority(nvic, nvic->state.priority[EXCEPTION_SVC]);
    if (priority < nvic_execution_priority(nvic, true))
        exception_enter(exceptions, EXCEPTION_SVC, true);
    else
        exception_fault(exceptions, EXCEPTION_HARD_FAULT, 0, HFSR_FORCED);
}

static void raise_recorded(struct exceptions *exceptions, unsigned exception, uint32_t cfsr,
                           uint32_t hfsr)
{
    struct faults *faults = &exceptions->faults;
    fault_set_status(faults, cfsr, hfsr);
    unsigned taken = fault_escalate(faults, exception);
    if (taken == EXCEPTION_NONE) {
        fault_lock_up(faults);
        return;
    }
    fault_report(faults, taken);
    exception_enter(exceptions, taken, true);
}

void exception_fault(struct exceptions *exceptions, unsigned exception, uint32_t cfsr, uint32_t hfsr)
{
    fault_record(&exceptions->faults, exception);
    raise_recorded(exceptions, exception, cfsr, hfsr);
}

void exception_fault_at(struct exceptions *exceptions, unsigned exception, uint32_t cfsr,
                        uint32_t address, enum access access)
{
    fault_record(&exceptions->faults, exception);
    fault_record_access(&exceptions->faults, address, access);
    if (cfsr & CFSR_PRECISERR) {
        exceptions->scb->bfar = address;
        cfsr |= CFSR_BFARVALID;
    }
    if (cfsr & CFSR_DACCVIOL) {
        exceptions->scb->mmfar = address;
        cfsr |= CFSR_MMARVALID;
    }
    raise_recorded(exceptions, exception, cfsr, 0);
}

void exception_imprecise_fault(struct exceptions *exceptions, uint32_t address, enum access access)
{
    struct faults *faults = &exceptions->faults;
    struct nvic *nvic = exceptions->nvic;
    bool enabled = bit_get(nvic->state.enabled, EXCEPTION_BUS_FAULT);
    unsigned exception = enabled ? EXCEPTION_BUS_FAULT : EXCEPTION_HARD_FAULT;
    if (nvic_group_priority(nvic, nvic->state.priority[exception]) <
        nvic_execution_priority(nvic, true)) {
        exception_fault_at(exceptions, EXCEPTION_BUS_FAULT, CFSR_IMPRECISERR, address, access);
        return;
    }
    fault_record(faults, EXCEPTION_BUS_FAULT);
    fault_record_access(faults, address, access);
    fault_set_status(faults, CFSR_IMPRECISERR, enabled ? 0 : HFSR_FORCED);
    fault_report(faults, exception);
    nvic_pend(nvic, exception);
}

void exception_breakpoint(struct exceptions *exceptions)
{
    struct nvic *nvic = exceptions->nvic;
    int priority = nvic_group_priority(nvic, nvic->state.priority[EXCEPTION_DEBUG_MONITOR]);
    exceptions->scb->dfsr |= DFSR_BKPT;
    if (exceptions->scb->demcr & DEMCR_MON_EN && priority < nvic_execution_priority(nvic, true))
        exception_enter(exceptions, EXCEPTION_DEBUG_MONITOR, true);
    else
        exception_fault(exceptions, EXCEPTION_HARD_FAULT, 0, HFSR_DEBUGEVT);
}
