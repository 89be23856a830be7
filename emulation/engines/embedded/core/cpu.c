/*
 * The CPU's registers. Unicorn keeps them while it executes. In between they are kept here: fetched
 * when first asked for, and what has changed by then is put back before Unicorn goes on. Most
 * handlers leave everything as they found it, and Unicorn never hears of them.
 *
 * Floating-point registers stay where they are.
 */
#include "core.h"

#include <string.h>

#define MOST_REGISTERS 32
#define XPSR_FLAGS 0xF0000000u
#define XPSR_IT 0x0600FC00u
#define XPSR_OTHERS (XPSR_SATURATED | XPSR_GE | XPSR_THUMB | XPSR_EXCEPTION)

/* What is fetched; of these the core's registers proper come first. */
static const uint8_t kept[CPU_KEPT] = {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, LR,
    MSP, PSP, PRIMASK, BASEPRI, FAULTMASK, CONTROL, XPSR,
};

static void read_raw(struct core *core, const uint8_t *regs, uint64_t *values, int count)
{
    int ids[MOST_REGISTERS];
    void *pointers[MOST_REGISTERS];
    for (int i = 0; i < count; i++) {
        ids[i] = core->ids[regs[i]];
        pointers[i] = &values[i];
        values[i] = 0;
    }
    core->unicorn.reg_read_batch(core->uc, ids, pointers, count);
}

static void write_raw(struct core *core, const uint8_t *regs, const uint64_t *values, int count)
{
    int ids[MOST_REGISTERS];
    const void *pointers[MOST_REGISTERS];
    for (int i = 0; i < count; i++) {
        ids[i] = core->ids[regs[i]];
        pointers[i] = &values[i];
    }
    core->unicorn.reg_write_batch(core->uc, ids, (void *const *)pointers, count);
}

static void write_one(struct core *core, enum reg reg, uint32_t value)
{
    core->unicorn.reg_write(core->uc, core->ids[reg], &value);
}

/* What Unicorn has cached from IPSR and CONTROL follows only when the flags are written too. */
static void write_raw_xpsr(struct core *core, uint32_t xpsr)
{
    static const uint8_t regs[] = {XPSR_ALL, APSR_NZCV};
    uint64_t values[] = {xpsr, xpsr & XPSR_FLAGS};
    write_raw(core, regs, values, 2);
}

static bool is_thread(uint32_t xpsr)
{
    return !(xpsr & XPSR_EXCEPTION);
}

static uint32_t xpsr_of(const struct cpu *cpu)
{
    uint32_t it = cpu->it;
    return (cpu->n & 1u << 31) | (cpu->z ? 0 : 1u << 30) | cpu->c << 29 | (cpu->v >> 31) << 28 |
           (it & 3) << 25 | (it & 0xFC) << 8 | cpu->xpsr;
}

static void set_flags(struct cpu *cpu, uint32_t flags)
{
    cpu->n = flags;
    cpu->z = ~flags & 1u << 30;
    cpu->c = flags >> 29 & 1;
    cpu->v = flags << 3;
}

static uint32_t *stack_in_use(struct cpu *cpu)
{
    return is_thread(cpu->xpsr) && cpu->control & CONTROL_SPSEL ? &cpu->psp : &cpu->msp;
}

static void set_it(struct cpu *cpu, uint32_t xpsr)
{
    cpu->it = (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 8 & 0xFC));
}

static void set_xpsr(struct cpu *cpu, uint32_t xpsr)
{
    *stack_in_use(cpu) = cpu->r[SP];
    set_flags(cpu, xpsr);
    set_it(cpu, xpsr);
    cpu->xpsr = xpsr & XPSR_OTHERS;
    cpu->r[SP] = *stack_in_use(cpu);
}

static void set_control(struct cpu *cpu, uint32_t control)
{
    *stack_in_use(cpu) = cpu->r[SP];
    if (!is_thread(cpu->xpsr)) /* a handler can't select its stack */
        control = (control & ~(uint32_t)CONTROL_SPSEL) | (cpu->control & CONTROL_SPSEL);
    cpu->control = control & (CONTROL_NPRIV | CONTROL_SPSEL | CONTROL_FPCA);
    cpu->r[SP] = *stack_in_use(cpu);
}

/* In unprivileged thread mode, while Unicorn executes, the plain registers only. */
static void fetch(struct core *core, struct cpu *cpu)
{
    uint64_t values[CPU_KEPT];
    read_raw(core, kept, values, CPU_KEPT);
    if (is_thread((uint32_t)values[CPU_XPSR]) && values[CPU_CONTROL] & CONTROL_NPRIV &&
        !core->cpu.translating) {
        /* In unprivileged thread mode Unicorn denies the host, too, the special registers. To reach
         * them, the CPU is put into a handler for a moment. */
        uint32_t xpsr = (uint32_t)values[CPU_XPSR];
        write_raw_xpsr(core, xpsr | EXCEPTION_HARD_FAULT);
        read_raw(core, kept + CPU_MSP, values + CPU_MSP, CPU_CONTROL - CPU_MSP);
        write_raw_xpsr(core, xpsr);
    }
    for (int i = 0; i < CPU_KEPT; i++)
        cpu->told[i] = (uint32_t)values[i];
    memcpy(cpu->r, cpu->told, 13 * sizeof *cpu->r);
    cpu->r[LR] = cpu->told[CPU_LR];
    cpu->r[ZERO] = 0;
    cpu->msp = cpu->told[CPU_MSP];
    cpu->psp = cpu->told[CPU_PSP];
    cpu->primask = cpu->told[CPU_PRIMASK];
    cpu->basepri = cpu->told[CPU_BASEPRI];
    cpu->faultmask = cpu->told[CPU_FAULTMASK];
    cpu->control = cpu->told[CPU_CONTROL];
    set_flags(cpu, cpu->told[CPU_XPSR]);
    set_it(cpu, cpu->told[CPU_XPSR]);
    cpu->xpsr = cpu->told[CPU_XPSR] & XPSR_OTHERS;
    cpu->r[SP] = *stack_in_use(cpu);
    cpu->known = true;
}

/* Another mode or stack: through a privileged handler to privileged thread mode on the main stack. */
static void put_mode(struct core *core, const uint32_t *values)
{
    static const uint8_t last[] = {CONTROL, APSR_NZCV};
    uint32_t xpsr = values[CPU_XPSR];
    uint64_t all[CPU_KEPT], final[] = {values[CPU_CONTROL], xpsr & XPSR_FLAGS};
    write_raw_xpsr(core, XPSR_THUMB | EXCEPTION_HARD_FAULT);
    write_one(core, CONTROL, 0);
    write_raw_xpsr(core, XPSR_THUMB);
    write_one(core, CONTROL, 0);
    for (int i = 0; i < CPU_CONTROL; i++)
        all[i] = values[i];
    write_raw(core, kept, all, CPU_CONTROL);
    if (is_thread(xpsr)) {
        write_raw(core, last, final, 2);
        write_raw_xpsr(core, xpsr);
    } else {
        write_raw_xpsr(core, xpsr);
        write_raw(core, last, final, 2);
    }
    write_one(core, EPSR, xpsr & (XPSR_IT | XPSR_THUMB));
}

/* Put back what has changed; Unicorn is about to execute. */
void cpu_put(struct core *core)
{
    struct cpu *cpu = &core->cpu;
    if (!cpu->known)
        return;
    uint32_t values[CPU_KEPT];
    *stack_in_use(cpu) = cpu->r[SP];
    memcpy(values, cpu->r, 13 * sizeof *values);
    values[CPU_LR] = cpu->r[LR];
    values[CPU_MSP] = cpu->msp;
    values[CPU_PSP] = cpu->psp;
    values[CPU_PRIMASK] = cpu->primask;
    values[CPU_BASEPRI] = cpu->basepri;
    values[CPU_FAULTMASK] = cpu->faultmask;
    values[CPU_CONTROL] = cpu->control;
    values[CPU_XPSR] = xpsr_of(cpu);
    cpu->known = false;
    uint32_t *told = cpu->told, mode = (told[CPU_XPSR] ^ values[CPU_XPSR]) & XPSR_EXCEPTION;
    bool unprivileged = is_thread(values[CPU_XPSR]) && values[CPU_CONTROL] & CONTROL_NPRIV;
    if (memcmp(told, values, sizeof values) == 0)
        return;
    if (mode || told[CPU_CONTROL] != values[CPU_CONTROL] || unprivileged) {
        put_mode(core, values);
        return;
    }
    uint8_t regs[CPU_KEPT];
    uint64_t changed[CPU_KEPT];
    int count = 0;
    for (int i = 0; i < CPU_CONTROL; i++)
        if (told[i] != values[i]) {
            regs[count] = kept[i];
            changed[count++] = values[i];
        }
    write_raw(core, regs, changed, count);
    if (told[CPU_XPSR] != values[CPU_XPSR])
        write_raw_xpsr(core, values[CPU_XPSR]);
    if (cpu->it)
        write_one(core, EPSR, values[CPU_XPSR] & (XPSR_IT | XPSR_THUMB));
}

static bool is_kept(const struct core *core, unsigned reg)
{
    return !core->cpu.translating && reg != PC && reg < FPSCR;
}

void cpu_know(struct core *core)
{
    if (!core->cpu.known)
        fetch(core, &core->cpu);
}

void cpu_copy(struct core *core, struct cpu *copy)
{
    if (core->cpu.translating) {
        fetch(core, copy);
        return;
    }
    cpu_know(core);
    *copy = core->cpu;
}

static uint32_t get(struct cpu *cpu, unsigned reg)
{
    switch (reg) {
    case XPSR:
    case XPSR_ALL:
    case APSR_NZCV:
    case EPSR: return xpsr_of(cpu);
    case MSP:
    case PSP:
        *stack_in_use(cpu) = cpu->r[SP];
        return reg == MSP ? cpu->msp : cpu->psp;
    case CONTROL: return cpu->control;
    case PRIMASK: return cpu->primask;
    case BASEPRI: return cpu->basepri;
    case FAULTMASK: return cpu->faultmask;
    default: return cpu->r[reg];
    }
}

static void set(struct cpu *cpu, unsigned reg, uint32_t value)
{
    switch (reg) {
    case XPSR:
    case XPSR_ALL: set_xpsr(cpu, value); break;
    case APSR_NZCV: set_flags(cpu, value); break;
    case EPSR: set_it(cpu, value); break;
    case MSP:
    case PSP:
        *stack_in_use(cpu) = cpu->r[SP];
        *(reg == MSP ? &cpu->msp : &cpu->psp) = value;
        cpu->r[SP] = *stack_in_use(cpu);
        break;
    case CONTROL: set_control(cpu, value); break;
    case PRIMASK: cpu->primask = value & 1; break;
    case BASEPRI: cpu->basepri = value & 0xFF; break;
    case FAULTMASK: cpu->faultmask = value & 1; break;
    default: cpu->r[reg] = value;
    }
}

static bool is_privileged(const struct cpu *cpu)
{
    return !is_thread(cpu->xpsr) || !(cpu->control & CONTROL_NPRIV);
}

/* MRS and MSR, B5.2: of the registers that exception handlers use. False: it is another, or without
 * an effect. */
bool cpu_read_special(struct cpu *cpu, unsigned number, uint32_t *value)
{
    switch (number) {
    case SYSM_IPSR: *value = cpu->xpsr & XPSR_EXCEPTION; break;
    case SYSM_MSP: *value = get(cpu, MSP); break;
    case SYSM_PSP: *value = get(cpu, PSP); break;
    case SYSM_PRIMASK: *value = cpu->primask; break;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX: *value = cpu->basepri; break;
    default: return false;
    }
    return is_privileged(cpu);
}

bool cpu_write_special(struct cpu *cpu, unsigned number, uint32_t value)
{
    bool is_stack = number == SYSM_MSP || number == SYSM_PSP;
    if (!is_privileged(cpu) || (is_stack && value & 3))
        return false;
    switch (number) {
    case SYSM_MSP: set(cpu, MSP, value); return true;
    case SYSM_PSP: set(cpu, PSP, value); return true;
    case SYSM_PRIMASK: set(cpu, PRIMASK, value); return true;
    case SYSM_BASEPRI: set(cpu, BASEPRI, value); return true;
    case SYSM_BASEPRI_MAX:
        value &= 0xFF;
        if (value && (value < cpu->basepri || !cpu->basepri))
            cpu->basepri = value;
        return true;
    default: return false;
    }
}

uint32_t cpu_read(struct core *core, enum reg reg)
{
    uint32_t value = 0;
    if (!is_kept(core, reg)) {
        core->unicorn.reg_read(core->uc, core->ids[reg], &value);
        return value;
    }
    cpu_know(core);
    return get(&core->cpu, reg);
}

void cpu_write(struct core *core, enum reg reg, uint32_t value)
{
    if (!is_kept(core, reg)) {
        core->unicorn.reg_write(core->uc, core->ids[reg], &value);
        return;
    }
    cpu_know(core);
    set(&core->cpu, reg, value);
}

/* All of `regs` are kept here between runs of Unicorn, or none is. */
void cpu_read_many(struct core *core, const uint8_t *regs, uint64_t *values, int count)
{
    if (!is_kept(core, regs[0])) {
        read_raw(core, regs, values, count);
        return;
    }
    cpu_know(core);
    for (int i = 0; i < count; i++)
        values[i] = get(&core->cpu, regs[i]);
}

void cpu_write_many(struct core *core, const uint8_t *regs, const uint64_t *values, int count)
{
    if (!is_kept(core, regs[0])) {
        write_raw(core, regs, values, count);
        return;
    }
    cpu_know(core);
    for (int i = 0; i < count; i++)
        set(&core->cpu, regs[i], (uint32_t)values[i]);
}

bool cpu_is_unprivileged(struct core *core)
{
    return core->state.exception == EXCEPTION_NONE && (cpu_read(core, CONTROL) & CONTROL_NPRIV);
}

static const uint8_t fp_registers[SAVED_REGISTERS - CPU_KEPT] = {
    FPSCR, D0, D0 + 1, D0 + 2, D0 + 3, D0 + 4, D0 + 5, D0 + 6, D0 + 7, D0 + 8,
    D0 + 9, D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
};

/* All registers but the PC, which the core keeps itself. */
void cpu_save(struct core *core, uint64_t *values)
{
    cpu_read_many(core, kept, values, CPU_KEPT);
    read_raw(core, fp_registers, values + CPU_KEPT, SAVED_REGISTERS - CPU_KEPT);
}

void cpu_restore(struct core *core, const uint64_t *values)
{
    struct cpu *cpu = &core->cpu;
    cpu->known = true;
    cpu->control = cpu->xpsr = 0;
    set_xpsr(cpu, (uint32_t)values[CPU_XPSR]);
    cpu->control = (uint32_t)values[CPU_CONTROL];
    for (int i = 0; i < CPU_CONTROL; i++)
        set(cpu, kept[i], (uint32_t)values[i]);
    memset(cpu->told, 0xFF, sizeof cpu->told); /* Unicorn has none of it */
    write_raw(core, fp_registers, values + CPU_KEPT, SAVED_REGISTERS - CPU_KEPT);
}
