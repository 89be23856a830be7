#include "state/cpu.h"

#include <string.h>

#define MAX_REGISTERS 32 /* exchanged at once */

static void read_raw(struct cpu *cpu, const uint8_t *regs, uint64_t *values, int count)
{
    int ids[MAX_REGISTERS];
    void *pointers[MAX_REGISTERS];
    for (int i = 0; i < count; i++) {
        ids[i] = cpu->ids[regs[i]];
        pointers[i] = &values[i];
        values[i] = 0;
    }
    cpu->host->unicorn.reg_read_batch(cpu->host->uc, ids, pointers, count);
}

static void write_raw(struct cpu *cpu, const uint8_t *regs, const uint64_t *values, int count)
{
    int ids[MAX_REGISTERS];
    const void *pointers[MAX_REGISTERS];
    for (int i = 0; i < count; i++) {
        ids[i] = cpu->ids[regs[i]];
        pointers[i] = &values[i];
    }
    cpu->host->unicorn.reg_write_batch(cpu->host->uc, ids, (void *const *)pointers, count);
}

static void write_one(struct cpu *cpu, enum reg reg, uint32_t value)
{
    cpu->host->unicorn.reg_write(cpu->host->uc, cpu->ids[reg], &value);
}

/* What Unicorn has cached from IPSR and CONTROL follows only when the flags are written too. */
static void write_raw_xpsr(struct cpu *cpu, uint32_t xpsr)
{
    static const uint8_t regs[] = {XPSR_ALL, APSR_NZCV};
    uint64_t values[] = {xpsr, xpsr & XPSR_FLAGS};
    write_raw(cpu, regs, values, 2);
}

/* All registers that Unicorn has. While it executes in unprivileged thread mode it denies the
 * special ones, which then read as 0. */
static void read_kept(struct cpu *cpu, uint32_t *kept)
{
    uint64_t values[KEPT_COUNT];
    read_raw(cpu, kept_registers, values, KEPT_COUNT);
    uint32_t xpsr = (uint32_t)values[KEPT_XPSR];
    if (xpsr_is_thread(xpsr) && values[KEPT_CONTROL] & CONTROL_NPRIV && !cpu->translating) {
        /* In unprivileged thread mode Unicorn denies the special registers to the host, too. To
         * reach them, the CPU is put into a handler for a moment. */
        write_raw_xpsr(cpu, xpsr | EXCEPTION_HARD_FAULT);
        read_raw(cpu, kept_registers + KEPT_MSP, values + KEPT_MSP, KEPT_CONTROL - KEPT_MSP);
        write_raw_xpsr(cpu, xpsr);
    }
    for (int i = 0; i < KEPT_COUNT; i++)
        kept[i] = (uint32_t)values[i];
}

void cpu_fetch(struct cpu *cpu)
{
    if (cpu->known)
        return;
    read_kept(cpu, cpu->in_unicorn);
    registers_set_all(&cpu->registers, cpu->in_unicorn);
    cpu->known = true;
}

static const uint8_t fp_registers[SAVED_REGISTERS - KEPT_COUNT] = {
    FPSCR,  D0,     D0 + 1, D0 + 2,  D0 + 3,  D0 + 4,  D0 + 5,  D0 + 6,  D0 + 7,
    D0 + 8, D0 + 9, D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
};

void cpu_fetch_fp(struct cpu *cpu)
{
    uint64_t values[COUNT_OF(fp_registers)];
    if (cpu->fp_known)
        return;
    read_raw(cpu, fp_registers, values, COUNT_OF(fp_registers));
    cpu->fp.fpscr = (uint32_t)values[0];
    memcpy(cpu->fp.s, values + 1, sizeof cpu->fp.s);
    cpu->fp_in_unicorn = cpu->fp;
    cpu->fp_known = true;
}

static void write_back_fp(struct cpu *cpu)
{
    uint64_t values[COUNT_OF(fp_registers)];
    if (!cpu->fp_known)
        return;
    cpu->fp_known = false;
    if (memcmp(&cpu->fp, &cpu->fp_in_unicorn, sizeof cpu->fp) == 0)
        return;
    values[0] = cpu->fp.fpscr;
    memcpy(values + 1, cpu->fp.s, sizeof cpu->fp.s);
    write_raw(cpu, fp_registers, values, COUNT_OF(fp_registers));
}

void cpu_copy(struct cpu *cpu, struct registers *copy)
{
    if (cpu->translating) {
        uint32_t kept[KEPT_COUNT];
        read_kept(cpu, kept);
        copy->priority_mask = cpu->registers.priority_mask;
        registers_set_all(copy, kept);
        return;
    }
    cpu_fetch(cpu);
    *copy = cpu->registers;
}

/* Change mode or stack: through a privileged handler to privileged thread mode on the main stack. */
static void write_mode(struct cpu *cpu, const uint32_t *values)
{
    static const uint8_t last[] = {CONTROL, APSR_NZCV};
    uint32_t xpsr = values[KEPT_XPSR];
    uint64_t all[KEPT_COUNT], final[] = {values[KEPT_CONTROL], xpsr & XPSR_FLAGS};
    write_raw_xpsr(cpu, XPSR_THUMB | EXCEPTION_HARD_FAULT);
    write_one(cpu, CONTROL, 0);
    write_raw_xpsr(cpu, XPSR_THUMB);
    write_one(cpu, CONTROL, 0);
    for (int i = 0; i < KEPT_CONTROL; i++)
        all[i] = values[i];
    write_raw(cpu, kept_registers, all, KEPT_CONTROL);
    if (xpsr_is_thread(xpsr)) {
        write_raw(cpu, last, final, 2);
        write_raw_xpsr(cpu, xpsr);
    } else {
        write_raw_xpsr(cpu, xpsr);
        write_raw(cpu, last, final, 2);
    }
    write_one(cpu, EPSR, xpsr & (XPSR_IT | XPSR_THUMB));
}

void cpu_write_back(struct cpu *cpu)
{
    write_back_fp(cpu);
    if (!cpu->known)
        return;
    uint32_t values[KEPT_COUNT], *before = cpu->in_unicorn;
    registers_get_all(&cpu->registers, values);
    cpu->known = false;
    if (memcmp(before, values, sizeof values) == 0)
        return;
    bool mode = (before[KEPT_XPSR] ^ values[KEPT_XPSR]) & XPSR_EXCEPTION;
    bool unprivileged = xpsr_is_thread(values[KEPT_XPSR]) && values[KEPT_CONTROL] & CONTROL_NPRIV;
    if (mode || before[KEPT_CONTROL] != values[KEPT_CONTROL] || unprivileged) {
        write_mode(cpu, values);
        return;
    }
    uint8_t regs[KEPT_COUNT];
    uint64_t changed[KEPT_COUNT];
    int count = 0;
    for (int i = 0; i < KEPT_CONTROL; i++)
        if (before[i] != values[i]) {
            regs[count] = kept_registers[i];
            changed[count++] = values[i];
        }
    write_raw(cpu, regs, changed, count);
    if (before[KEPT_XPSR] != values[KEPT_XPSR])
        write_raw_xpsr(cpu, values[KEPT_XPSR]);
    if (cpu->registers.it)
        write_one(cpu, EPSR, values[KEPT_XPSR] & (XPSR_IT | XPSR_THUMB));
}

/* Unicorn has the register, because it executes or has it always. */
static bool is_unicorns(const struct cpu *cpu, unsigned reg)
{
    return cpu->translating || reg == PC;
}

static uint64_t read_kept_one(struct cpu *cpu, unsigned reg)
{
    uint64_t value;
    if (reg < FPSCR) {
        cpu_fetch(cpu);
        return registers_get(&cpu->registers, reg);
    }
    cpu_fetch_fp(cpu);
    if (reg == FPSCR)
        return cpu->fp.fpscr;
    memcpy(&value, cpu->fp.s + 2 * (reg - D0), sizeof value);
    return value;
}

static void write_kept_one(struct cpu *cpu, unsigned reg, uint64_t value)
{
    if (reg < FPSCR) {
        cpu_fetch(cpu);
        registers_set(&cpu->registers, reg, (uint32_t)value);
        return;
    }
    cpu_fetch_fp(cpu);
    if (reg == FPSCR)
        cpu->fp.fpscr = (uint32_t)value;
    else
        memcpy(cpu->fp.s + 2 * (reg - D0), &value, sizeof value);
}

uint32_t cpu_read(struct cpu *cpu, enum reg reg)
{
    uint32_t value = 0;
    if (!is_unicorns(cpu, reg))
        return (uint32_t)read_kept_one(cpu, reg);
    cpu->host->unicorn.reg_read(cpu->host->uc, cpu->ids[reg], &value);
    return value;
}

void cpu_write(struct cpu *cpu, enum reg reg, uint32_t value)
{
    if (is_unicorns(cpu, reg))
        write_one(cpu, reg, value);
    else
        write_kept_one(cpu, reg, value);
}

void cpu_read_many(struct cpu *cpu, const uint8_t *regs, uint64_t *values, int count)
{
    if (is_unicorns(cpu, regs[0])) {
        read_raw(cpu, regs, values, count);
        return;
    }
    for (int i = 0; i < count; i++)
        values[i] = read_kept_one(cpu, regs[i]);
}

void cpu_write_many(struct cpu *cpu, const uint8_t *regs, const uint64_t *values, int count)
{
    if (is_unicorns(cpu, regs[0])) {
        write_raw(cpu, regs, values, count);
        return;
    }
    for (int i = 0; i < count; i++)
        write_kept_one(cpu, regs[i], values[i]);
}

void cpu_close_monitor(struct cpu *cpu)
{
    if (cpu->state.monitor == MONITOR_OPEN)
        cpu->state.monitor = MONITOR_CLOSING;
}

bool cpu_is_unprivileged(struct cpu *cpu)
{
    bool here = cpu->known && !cpu->translating;
    return cpu->state.exception == EXCEPTION_NONE &&
           (here ? cpu->registers.control : cpu_read(cpu, CONTROL)) & CONTROL_NPRIV;
}

void cpu_save(struct cpu *cpu, uint64_t *values)
{
    cpu_read_many(cpu, kept_registers, values, KEPT_COUNT);
    cpu_read_many(cpu, fp_registers, values + KEPT_COUNT, SAVED_REGISTERS - KEPT_COUNT);
}

void cpu_restore(struct cpu *cpu, const uint64_t *values)
{
    cpu->known = cpu->fp_known = true;
    registers_restore(&cpu->registers, values);
    cpu_write_many(cpu, fp_registers, values + KEPT_COUNT, SAVED_REGISTERS - KEPT_COUNT);
    /* Unicorn has other values in all. */
    memset(cpu->in_unicorn, 0xFF, sizeof cpu->in_unicorn);
    cpu->fp_in_unicorn = cpu->fp;
    cpu->fp_in_unicorn.fpscr = ~cpu->fp.fpscr;
}
