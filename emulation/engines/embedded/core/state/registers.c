#include "state/registers.h"

#include <string.h>

#define XPSR_OTHERS (XPSR_SATURATED | XPSR_GE | XPSR_THUMB | XPSR_EXCEPTION)

const uint8_t kept_registers[KEPT_COUNT] = {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, LR,
    MSP, PSP, PRIMASK, BASEPRI, FAULTMASK, CONTROL, XPSR,
};

static uint32_t get_xpsr(const struct registers *registers)
{
    uint32_t it = registers->it;
    return (registers->n & 1u << 31) | (registers->z ? 0 : 1u << 30) | registers->c << 29 |
           (registers->v >> 31) << 28 | (it & 3) << 25 | (it & 0xFC) << 8 | registers->xpsr;
}

static void set_flags(struct registers *registers, uint32_t xpsr)
{
    registers->n = xpsr;
    registers->z = ~xpsr & 1u << 30;
    registers->c = xpsr >> 29 & 1;
    registers->v = xpsr << 3;
}

static void set_it(struct registers *registers, uint32_t xpsr)
{
    registers->it = (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 8 & 0xFC));
}

/* Where the value of r[SP] belongs. */
static uint32_t *stack_in_use(struct registers *registers)
{
    bool process = xpsr_is_thread(registers->xpsr) && registers->control & CONTROL_SPSEL;
    return process ? &registers->psp : &registers->msp;
}

static void set_xpsr(struct registers *registers, uint32_t xpsr)
{
    *stack_in_use(registers) = registers->r[SP];
    set_flags(registers, xpsr);
    set_it(registers, xpsr);
    registers->xpsr = xpsr & XPSR_OTHERS;
    registers->r[SP] = *stack_in_use(registers);
}

static void set_control(struct registers *registers, uint32_t control)
{
    *stack_in_use(registers) = registers->r[SP];
    if (!xpsr_is_thread(registers->xpsr)) /* a handler can't select its stack */
        control = (control & ~(uint32_t)CONTROL_SPSEL) | (registers->control & CONTROL_SPSEL);
    registers->control = control & (CONTROL_NPRIV | CONTROL_SPSEL | CONTROL_FPCA);
    registers->r[SP] = *stack_in_use(registers);
}

uint32_t registers_get(struct registers *registers, unsigned reg)
{
    switch (reg) {
    case XPSR:
    case XPSR_ALL:
    case APSR_NZCV:
    case EPSR: return get_xpsr(registers);
    case MSP:
    case PSP:
        *stack_in_use(registers) = registers->r[SP];
        return reg == MSP ? registers->msp : registers->psp;
    case CONTROL: return registers->control;
    case PRIMASK: return registers->primask;
    case BASEPRI: return registers->basepri;
    case FAULTMASK: return registers->faultmask;
    default: return registers->r[reg];
    }
}

void registers_set(struct registers *registers, unsigned reg, uint32_t value)
{
    switch (reg) {
    case XPSR:
    case XPSR_ALL: set_xpsr(registers, value); break;
    case APSR_NZCV: set_flags(registers, value); break;
    case EPSR: set_it(registers, value); break;
    case MSP:
    case PSP:
        *stack_in_use(registers) = registers->r[SP];
        *(reg == MSP ? &registers->msp : &registers->psp) = value;
        registers->r[SP] = *stack_in_use(registers);
        break;
    case CONTROL: set_control(registers, value); break;
    case PRIMASK: registers->primask = value & 1; break;
    case BASEPRI: registers->basepri = value & registers->priority_mask; break;
    case FAULTMASK: registers->faultmask = value & 1; break;
    default: registers->r[reg] = value;
    }
}

void registers_get_all(struct registers *registers, uint32_t *values)
{
    *stack_in_use(registers) = registers->r[SP];
    memcpy(values, registers->r, 13 * sizeof *values);
    values[KEPT_LR] = registers->r[LR];
    values[KEPT_MSP] = registers->msp;
    values[KEPT_PSP] = registers->psp;
    values[KEPT_PRIMASK] = registers->primask;
    values[KEPT_BASEPRI] = registers->basepri;
    values[KEPT_FAULTMASK] = registers->faultmask;
    values[KEPT_CONTROL] = registers->control;
    values[KEPT_XPSR] = get_xpsr(registers);
}

void registers_set_all(struct registers *registers, const uint32_t *values)
{
    memcpy(registers->r, values, 13 * sizeof *values);
    registers->r[LR] = values[KEPT_LR];
    registers->r[ZERO] = 0;
    registers->msp = values[KEPT_MSP];
    registers->psp = values[KEPT_PSP];
    registers->primask = values[KEPT_PRIMASK];
    registers->basepri = values[KEPT_BASEPRI] & registers->priority_mask;
    registers->faultmask = values[KEPT_FAULTMASK];
    registers->control = values[KEPT_CONTROL];
    set_flags(registers, values[KEPT_XPSR]);
    set_it(registers, values[KEPT_XPSR]);
    registers->xpsr = values[KEPT_XPSR] & XPSR_OTHERS;
    registers->r[SP] = *stack_in_use(registers);
}

void registers_restore(struct registers *registers, const uint64_t *values)
{
    registers->control = registers->xpsr = 0;
    set_xpsr(registers, (uint32_t)values[KEPT_XPSR]);
    registers->control = (uint32_t)values[KEPT_CONTROL];
    for (int i = 0; i < KEPT_CONTROL; i++)
        registers_set(registers, kept_registers[i], (uint32_t)values[i]);
}

void registers_enter_handler(struct registers *registers, unsigned exception, uint32_t exc_return,
                             uint32_t control)
{
    *stack_in_use(registers) = registers->r[SP];
    registers->xpsr = XPSR_THUMB | (registers->xpsr & (XPSR_SATURATED | XPSR_GE)) | exception;
    registers->it = 0;
    registers->control = control & (CONTROL_NPRIV | CONTROL_FPCA);
    registers->r[SP] = registers->msp;
    registers->r[LR] = exc_return;
}

void registers_return(struct registers *registers, const uint32_t *frame, uint32_t xpsr,
                      uint32_t control, bool process, uint32_t above)
{
    registers->msp = registers->r[SP];
    *(process ? &registers->psp : &registers->msp) = above;
    set_flags(registers, xpsr);
    set_it(registers, xpsr);
    registers->xpsr = (xpsr & XPSR_OTHERS) | XPSR_THUMB;
    registers->control = control;
    memcpy(registers->r, frame, 4 * sizeof *frame);
    registers->r[R12] = frame[4];
    registers->r[LR] = frame[5];
    registers->r[SP] = above;
}

static bool is_privileged(const struct registers *registers)
{
    return !xpsr_is_thread(registers->xpsr) || !(registers->control & CONTROL_NPRIV);
}

bool registers_read_special(struct registers *registers, unsigned number, uint32_t *value)
{
    switch (number) {
    case SYSM_IPSR: *value = registers->xpsr & XPSR_EXCEPTION; break;
    case SYSM_MSP: *value = registers_get(registers, MSP); break;
    case SYSM_PSP: *value = registers_get(registers, PSP); break;
    case SYSM_PRIMASK: *value = registers->primask; break;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX: *value = registers->basepri; break;
    default: return false;
    }
    return is_privileged(registers);
}

bool registers_write_special(struct registers *registers, unsigned number, uint32_t value)
{
    if (!is_privileged(registers))
        return false;
    switch (number) {
    case SYSM_MSP: registers_set(registers, MSP, value & ~3u); return true;
    case SYSM_PSP: registers_set(registers, PSP, value & ~3u); return true;
    case SYSM_PRIMASK: registers_set(registers, PRIMASK, value); return true;
    case SYSM_BASEPRI: registers_set(registers, BASEPRI, value); return true;
    case SYSM_BASEPRI_MAX:
        value &= 0xFF;
        if (value && (value < registers->basepri || !registers->basepri))
            registers->basepri = value & registers->priority_mask;
        return true;
    default: return false;
    }
}
