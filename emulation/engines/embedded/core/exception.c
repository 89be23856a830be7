/* Exception entry and return (B1.5.6 to B1.5.8), faults and their escalation (B1.5.9 to B1.5.15). */
#include "core.h"

#include <string.h>

enum { BASIC_FRAME = 0x20, EXTENDED_FRAME = 0x68, FRAME_FP = 8, FRAME_FPSCR = 24 };
enum { EXC_HANDLER = 0x1, EXC_THREAD_MSP = 0x9, EXC_THREAD_PSP = 0xD, EXC_BASIC_FRAME = 0x10 };

static const uint8_t fp_registers[] = {D0,     D0 + 1, D0 + 2, D0 + 3, D0 + 4,
                                       D0 + 5, D0 + 6, D0 + 7, FPSCR};

static void push_fp(struct core *core, uint32_t *frame)
{
    uint64_t values[9];
    cpu_read_many(core, fp_registers, values, 9);
    memcpy(frame + FRAME_FP, values, 64);
    frame[FRAME_FPSCR] = (uint32_t)values[8];
    frame[FRAME_FPSCR + 1] = 0;
}

static void pop_fp(struct core *core, const uint32_t *frame)
{
    uint64_t values[9];
    memcpy(values, frame + FRAME_FP, 64);
    values[8] = frame[FRAME_FPSCR];
    cpu_write_many(core, fp_registers, values, 9);
}

static void lock_up(struct core *core)
{
    core->state.locked_up = 1;
    core->shared.fault.taken = EXCEPTION_NONE;
    core->shared.fault_ready = 1;
}

static void set_status(struct core *core, uint32_t cfsr, uint32_t hfsr)
{
    core->state.cfsr |= cfsr;
    core->state.hfsr |= hfsr;
    core->shared.fault.cfsr |= cfsr;
    core->shared.fault.hfsr |= hfsr;
}

/* The exception to take for a fault, or EXCEPTION_NONE: lockup. */
static unsigned escalate(struct core *core, unsigned exception)
{
    int running = nvic_execution_priority(core, true);
    if (exception != EXCEPTION_HARD_FAULT && bit_get(core->state.enabled, exception) &&
        nvic_group_priority(core, core->state.priority[exception]) < running)
        return exception;
    if (running <= PRIORITY_HARD_FAULT)
        return EXCEPTION_NONE;
    if (exception != EXCEPTION_HARD_FAULT)
        set_status(core, 0, HFSR_FORCED);
    return EXCEPTION_HARD_FAULT;
}

/* Note a fault with the registers as they are, for the report to the user. */
static void record(struct core *core, unsigned exception)
{
    static const uint8_t regs[] = {R0, R1, R2,  R3,  R4,  R5, R6, R7,
                                   R8, R9, R10, R11, R12, SP, LR, XPSR};
    struct fault *fault = &core->shared.fault;
    uint64_t values[16];
    memset(fault, 0, sizeof *fault);
    cpu_read_many(core, regs, values, 16);
    for (unsigned i = 0; i < 16; i++)
        fault->registers[regs[i]] = (uint32_t)values[i];
    fault->registers[PC] = core->state.pc & ~1u;
    fault->raised = exception;
    fault->during = core->state.exception;
}

/* A word of the vector table. */
static bool read_vector(struct core *core, unsigned exception, uint32_t *vector)
{
    const uint8_t *bytes = memory_at(core, core->state.vtor + 4 * exception, 4, false);
    if (bytes)
        memcpy(vector, bytes, 4);
    return bytes != NULL;
}

/* The part of exception entry that tail-chaining shares: become the handler of `exception`. */
static void take(struct core *core, unsigned exception, uint32_t exc_return, uint32_t xpsr)
{
    static const uint8_t regs[] = {XPSR_ALL, APSR_NZCV, LR};
    uint32_t vector = 0;
    if (!read_vector(core, exception, &vector)) {
        if (!core->shared.fault_ready)
            record(core, EXCEPTION_HARD_FAULT);
        core->shared.fault_ready = 1;
        set_status(core, 0, HFSR_VECTTBL);
        core->shared.fault.address = core->state.vtor + 4 * exception;
        core->shared.fault.access = ACCESS_READ;
        core->shared.fault.taken = EXCEPTION_HARD_FAULT;
        bit_clear(core->state.pending, exception);
        if (exception == EXCEPTION_HARD_FAULT ||
            core->active_priority <= PRIORITY_HARD_FAULT ||
            !read_vector(core, EXCEPTION_HARD_FAULT, &vector)) {
            lock_up(core);
            return;
        }
        exception = EXCEPTION_HARD_FAULT;
    }
    uint64_t values[] = {XPSR_THUMB | (xpsr & 0xF80F0000) | exception, xpsr & 0xF0000000,
                         exc_return};
    cpu_write_many(core, regs, values, 3);
    nvic_activate(core, exception);
    core->state.pc = vector | 1;
    core->state.event = 1;
    core->state.sleeping = 0;
    core->state.resume_unchecked = 0;
    core->shared.exceptions_taken++;
    if (!(vector & 1)) { /* the handler's first instruction would be in ARM state */
        core->state.pc = vector;
        fault_raise(core, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE, 0);
    }
}

/*
 * Stack the context and enter the handler. FP registers are saved at once where the hardware saves
 * them when the handler first uses the FPU; the guest can see the difference in FPCCR only, where
 * LSPACT shows what the hardware would.
 */
void exception_enter(struct core *core, unsigned exception, bool synchronous)
{
    static const uint8_t read[] = {R0, R1, R2, R3, R12, LR, XPSR, SP, CONTROL};
    enum { READ_XPSR = 6, READ_SP, READ_CONTROL, READ_COUNT };
    struct state *state = &core->state;
    uint64_t values[READ_COUNT];
    cpu_read_many(core, read, values, READ_COUNT);
    uint32_t sp = (uint32_t)values[READ_SP], xpsr = (uint32_t)values[READ_XPSR];
    uint32_t control = (uint32_t)values[READ_CONTROL];
    bool thread = state->exception == EXCEPTION_NONE;

    if (control & CONTROL_FPCA)
        state->fpccr &= ~(uint32_t)FPCCR_LSPACT; /* an outer context was saved by now */
    bool fp = control & CONTROL_FPCA && state->fpccr & FPCCR_ASPEN;
    uint32_t size = fp ? EXTENDED_FRAME : BASIC_FRAME;
    uint32_t pointer = (sp - size) & (fp || state->ccr & CCR_STKALIGN ? ~7u : ~3u);
    uint32_t *frame = (uint32_t *)memory_at(core, pointer, size, true);
    if (frame) {
        for (int i = 0; i < 6; i++)
            frame[i] = (uint32_t)values[i];
        frame[6] = state->pc & ~1u;
        frame[7] = (xpsr & ~(uint32_t)XPSR_REALIGNED) |
                   (pointer != sp - size ? (uint32_t)XPSR_REALIGNED : 0);
        if (!(state->pc & 1))
            frame[7] &= ~(uint32_t)XPSR_THUMB;
        if (fp)
            push_fp(core, frame);
    } else { /* a stack outside memory: the handler runs on it anyway, its frame is lost */
        if (!core->shared.fault_ready)
            record(core, EXCEPTION_BUS_FAULT);
        core->shared.fault_ready = 1;
        core->shared.fault.address = pointer;
        core->shared.fault.access = ACCESS_WRITE;
        set_status(core, CFSR_STKERR, 0);
        unsigned derived = exception == EXCEPTION_HARD_FAULT
                               ? EXCEPTION_HARD_FAULT
                               : escalate(core, EXCEPTION_BUS_FAULT);
        if (derived == EXCEPTION_NONE) {
            lock_up(core);
            return;
        }
        if (synchronous && exception == EXCEPTION_SVC)
            bit_set(state->pending, exception);
        exception = derived;
        core->shared.fault.taken = derived;
    }
    if (core->shared.fault_ready)
        core->shared.fault.frame = frame ? pointer : 0;
    if (fp) {
        state->fpcar = pointer + BASIC_FRAME;
        if (state->fpccr & FPCCR_LSPEN)
            state->fpccr |= FPCCR_LSPACT;
    }

    uint32_t exc_return = 0xFFFFFFE0 | (fp ? 0 : EXC_BASIC_FRAME);
    exc_return |= !thread                    ? EXC_HANDLER
                  : control & CONTROL_SPSEL ? EXC_THREAD_PSP
                                            : EXC_THREAD_MSP;
    cpu_write(core, SP, pointer);
    cpu_write(core, CONTROL, 0);
    take(core, exception, exc_return, xpsr);
    if (control & CONTROL_NPRIV) /* handlers are privileged whatever nPRIV says */
        cpu_write(core, CONTROL, CONTROL_NPRIV);
}

/* A return that cannot be: the fault is entered without another frame (B1.5.8). */
static void bad_return(struct core *core, unsigned exception, uint32_t exc_return, uint32_t cfsr)
{
    record(core, exception);
    set_status(core, cfsr, 0);
    core->shared.fault_ready = 1;
    core->shared.fault.taken = escalate(core, exception);
    if (core->shared.fault.taken == EXCEPTION_NONE)
        lock_up(core);
    else
        take(core, core->shared.fault.taken, exc_return, cpu_read(core, XPSR));
}

/* A branch to EXC_RETURN in handler mode (B1.5.8). */
void exception_return(struct core *core, uint32_t exc_return)
{
    static const uint8_t read[] = {MSP, PSP, CONTROL, FAULTMASK};
    static const uint8_t write[] = {CONTROL, XPSR_ALL, MSP, PSP, R0, R1, R2, R3, R12, LR};
    static const uint8_t write_last[] = {CONTROL, APSR_NZCV};
    struct state *state = &core->state;
    uint64_t values[4];
    cpu_read_many(core, read, values, 4);
    uint32_t msp = (uint32_t)values[0], psp = (uint32_t)values[1], control = (uint32_t)values[2];
    uint32_t kind = exc_return & 0xF;
    bool to_thread = kind != EXC_HANDLER, basic = exc_return & EXC_BASIC_FRAME;
    unsigned returning = state->exception, nested = nvic_active_count(core);
    bool valid = exc_return >= 0xFFFFFFE0 && bit_get(state->active, returning) &&
                 (kind == EXC_HANDLER      ? nested > 1
                  : kind == EXC_THREAD_MSP || kind == EXC_THREAD_PSP
                      ? nested == 1 || state->ccr & CCR_NONBASETHRDENA
                      : false);

    if (control & CONTROL_FPCA)
        state->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    if ((values[3] & 1) && returning != EXCEPTION_NMI)
        cpu_write(core, FAULTMASK, 0);
    nvic_deactivate(core, returning);
    state->event = 1;
    if (!valid) {
        bad_return(core, EXCEPTION_USAGE_FAULT, exc_return, CFSR_INVPC);
        return;
    }
    if (nvic_can_take(core)) { /* tail-chaining: the frame stays where it is */
        take(core, (unsigned)nvic_best_pending(core), exc_return, cpu_read(core, XPSR));
        return;
    }

    uint32_t pointer = kind == EXC_THREAD_PSP ? psp : msp;
    uint32_t size = basic ? BASIC_FRAME : EXTENDED_FRAME;
    const uint32_t *frame = (uint32_t *)memory_at(core, pointer, size, false);
    if (!frame) {
        bad_return(core, EXCEPTION_BUS_FAULT, exc_return, CFSR_UNSTKERR);
        return;
    }
    uint32_t xpsr = frame[7], number = xpsr & XPSR_EXCEPTION;
    if (to_thread != (number == 0)) {
        bad_return(core, EXCEPTION_USAGE_FAULT, exc_return, CFSR_INVPC);
        return;
    }
    if (!basic) {
        pop_fp(core, frame);
        state->fpccr &= ~(uint32_t)FPCCR_LSPACT;
    }
    uint32_t above = pointer + size;
    if (xpsr & XPSR_REALIGNED)
        above |= 4;
    if (kind == EXC_THREAD_PSP)
        psp = above;
    else
        msp = above;
    xpsr &= ~(uint32_t)XPSR_REALIGNED;

    uint64_t restored[] = {0,        xpsr | XPSR_THUMB, msp,      psp,      frame[0],
                           frame[1], frame[2],          frame[3], frame[4], frame[5]};
    cpu_write_many(core, write, restored, 10);
    uint64_t last[] = {(control & CONTROL_NPRIV) | (basic ? 0 : CONTROL_FPCA) |
                           (kind == EXC_THREAD_PSP ? CONTROL_SPSEL : 0),
                       xpsr & 0xF0000000};
    cpu_write_many(core, write_last, last, 2);
    if (xpsr & 0x0600FC00) /* back into an IT block */
        cpu_write(core, EPSR, xpsr & 0x0700FC00);
    state->exception = number;
    state->pc = frame[6] | (xpsr & XPSR_THUMB ? 1 : 0);
    nvic_update(core);
    if (!(xpsr & XPSR_THUMB)) {
        fault_raise(core, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE, 0);
        return;
    }
    if (to_thread && state->scr & SCR_SLEEPONEXIT)
        state->sleeping = 1;
}

/* An SVC that the current priority masks is a fault (B1.5.12). */
void exception_svc(struct core *core)
{
    int priority = nvic_group_priority(core, core->state.priority[EXCEPTION_SVC]);
    if (priority < nvic_execution_priority(core, true))
        exception_enter(core, EXCEPTION_SVC, true);
    else
        fault_raise(core, EXCEPTION_HARD_FAULT, 0, HFSR_FORCED);
}

static void raise_recorded(struct core *core, unsigned exception, uint32_t cfsr, uint32_t hfsr)
{
    set_status(core, cfsr, hfsr);
    core->shared.fault_ready = 1;
    unsigned taken = escalate(core, exception);
    core->shared.fault.taken = taken;
    if (taken == EXCEPTION_NONE)
        lock_up(core);
    else
        exception_enter(core, taken, true);
}

/* Take a fault at the current instruction: `cfsr` and `hfsr` are the status bits to set. */
void fault_raise(struct core *core, unsigned exception, uint32_t cfsr, uint32_t hfsr)
{
    record(core, exception);
    raise_recorded(core, exception, cfsr, hfsr);
}

/* The same for a fault with an address. */
void fault_raise_at(struct core *core, unsigned exception, uint32_t cfsr, uint32_t address,
                    enum access access)
{
    record(core, exception);
    core->shared.fault.address = address;
    core->shared.fault.access = access;
    if (cfsr & CFSR_PRECISERR) {
        core->state.bfar = address;
        cfsr |= CFSR_BFARVALID;
    }
    raise_recorded(core, exception, cfsr, 0);
}
