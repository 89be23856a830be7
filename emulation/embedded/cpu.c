/* The registers that Unicorn keeps. */
#include "core.h"

uint32_t cpu_read(struct core *core, enum reg reg)
{
    uint32_t value = 0;
    core->unicorn.reg_read(core->uc, core->ids[reg], &value);
    return value;
}

void cpu_write(struct core *core, enum reg reg, uint32_t value)
{
    core->unicorn.reg_write(core->uc, core->ids[reg], &value);
}

#define MOST_REGISTERS 32

void cpu_read_many(struct core *core, const uint8_t *regs, uint64_t *values, int count)
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

void cpu_write_many(struct core *core, const uint8_t *regs, const uint64_t *values, int count)
{
    int ids[MOST_REGISTERS];
    const void *pointers[MOST_REGISTERS];
    for (int i = 0; i < count; i++) {
        ids[i] = core->ids[regs[i]];
        pointers[i] = &values[i];
    }
    core->unicorn.reg_write_batch(core->uc, ids, (void *const *)pointers, count);
}

bool cpu_is_unprivileged(struct core *core)
{
    return core->state.exception == EXCEPTION_NONE && (cpu_read(core, CONTROL) & CONTROL_NPRIV);
}

/* What Unicorn has cached from IPSR and CONTROL follows only when the flags are written too. */
static void write_xpsr(struct core *core, uint32_t xpsr)
{
    static const uint8_t regs[] = {XPSR_ALL, APSR_NZCV};
    uint64_t values[] = {xpsr, xpsr & 0xF0000000};
    cpu_write_many(core, regs, values, 2);
}

/*
 * In unprivileged thread mode Unicorn denies the host, too, the special registers. To reach them,
 * the CPU is put into a handler for a moment.
 */
void cpu_raise_privilege(struct core *core)
{
    write_xpsr(core, cpu_read(core, XPSR) | EXCEPTION_HARD_FAULT);
}

void cpu_lower_privilege(struct core *core)
{
    write_xpsr(core, cpu_read(core, XPSR) & ~(uint32_t)XPSR_EXCEPTION);
}

static const uint8_t saved[SAVED_REGISTERS] = {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, LR, XPSR, MSP, PSP, CONTROL,
    PRIMASK, BASEPRI, FAULTMASK, FPSCR,
    D0, D0 + 1, D0 + 2, D0 + 3, D0 + 4, D0 + 5, D0 + 6, D0 + 7,
    D0 + 8, D0 + 9, D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
    R0, R0, /* up to an even number */
};

/* All registers but the PC, which the core keeps itself. */
void cpu_save(struct core *core, uint64_t *values)
{
    uint32_t xpsr = cpu_read(core, XPSR);
    bool unprivileged = cpu_is_unprivileged(core);
    if (unprivileged)
        cpu_raise_privilege(core);
    cpu_read_many(core, saved, values, SAVED_REGISTERS / 2);
    cpu_read_many(core, saved + SAVED_REGISTERS / 2, values + SAVED_REGISTERS / 2,
                  SAVED_REGISTERS / 2);
    if (unprivileged)
        cpu_lower_privilege(core);
    values[SAVED_XPSR] = xpsr;
}

void cpu_restore(struct core *core, const uint64_t *values)
{
    static const uint8_t last[] = {CONTROL, APSR_NZCV};
    uint32_t xpsr = (uint32_t)values[SAVED_XPSR];
    uint64_t final[] = {values[SAVED_CONTROL], xpsr & 0xF0000000};

    /* Through a privileged handler to privileged thread mode on the main stack. */
    write_xpsr(core, XPSR_THUMB | EXCEPTION_HARD_FAULT);
    cpu_write(core, CONTROL, 0);
    write_xpsr(core, XPSR_THUMB);
    cpu_write(core, CONTROL, 0);
    for (int i = 0; i < SAVED_REGISTERS - 2; i++)
        if (i != SAVED_XPSR && i != SAVED_CONTROL)
            core->unicorn.reg_write(core->uc, core->ids[saved[i]], &values[i]);
    if (xpsr & XPSR_EXCEPTION) {
        write_xpsr(core, xpsr);
        cpu_write_many(core, last, final, 2);
    } else {
        cpu_write_many(core, last, final, 2);
        write_xpsr(core, xpsr);
    }
    cpu_write(core, EPSR, xpsr & 0x0700FC00);
}
