/*
 * The CPU's registers as plain data: flags, stacks, masks, and what MRS and MSR do (B1.4, B5.2).
 *
 * A copy of them is a CPU of its own: idle/dry_run.c executes on one. Section numbers in comments of
 * the core refer to the ARMv7-M Architecture Reference Manual (ARM DDI 0403E) unless they name
 * another document.
 */
#ifndef STATE_REGISTERS_H
#define STATE_REGISTERS_H

#include "base/base.h"

/* The registers, in the order in which native.py lists Unicorn's identifiers. */
enum reg {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, SP, LR, PC, XPSR,
    MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK,
    XPSR_ALL, /* writes flags, IPSR and EPSR */
    APSR_NZCV, /* writing it makes Unicorn recompute the flags it derives from IPSR */
    EPSR,
    FPSCR,
    D0, D15 = D0 + 15,
    REGISTER_COUNT,
};

/* Operands of micro-ops beside R0 to LR: 0, a value between two micro-ops, a result to drop. */
enum { ZERO = 16, SCRATCH, SINK, OPERANDS };

/* The order in which registers are exchanged with Unicorn and with snapshots: R0 to R12, ... */
enum {
    KEPT_LR = 13, KEPT_MSP, KEPT_PSP, KEPT_PRIMASK, KEPT_BASEPRI, KEPT_FAULTMASK, KEPT_CONTROL,
    KEPT_XPSR, KEPT_COUNT,
};

/* Exception numbers, as IPSR holds them (B1.5.2). */
enum exception {
    EXCEPTION_NONE = 0,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARD_FAULT = 3,
    EXCEPTION_MEM_MANAGE = 4,
    EXCEPTION_BUS_FAULT = 5,
    EXCEPTION_USAGE_FAULT = 6,
    EXCEPTION_SVC = 11,
    EXCEPTION_DEBUG_MONITOR = 12,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
    FIRST_IRQ = 16,
};

/* B1.4.2. */
enum xpsr {
    XPSR_EXCEPTION = 0x1FF,
    XPSR_REALIGNED = 1u << 9, /* in a stacked xPSR */
    XPSR_GE = 0xFu << 16,
    XPSR_THUMB = 1u << 24,
    XPSR_SATURATED = 1u << 27,
};
#define XPSR_FLAGS 0xF0000000u
#define XPSR_IT 0x0600FC00u

/* B1.4.4. */
enum control { CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4 };

/* A2.5.3: a rounding mode that isn't 0 is another than to nearest; a result was rounded. */
enum fpscr { FPSCR_RMODE = 3u << 22, FPSCR_IXC = 1u << 4 };

/* Special registers that exception handlers use, B5.1.1. */
enum { SYSM_IPSR = 5, SYSM_MSP = 8, SYSM_PSP, SYSM_PRIMASK = 16, SYSM_BASEPRI, SYSM_BASEPRI_MAX, SYSM_CONTROL = 20 };

struct registers {
    uint32_t r[OPERANDS]; /* R0 to LR, of which SP is the stack in use; operands of micro-ops */
    uint32_t n, z, c, v; /* N and V are bit 31; Z is set when `z` is 0 */
    uint32_t it; /* ITSTATE, A7.3.3 */
    uint32_t xpsr; /* without flags and ITSTATE */
    uint32_t msp, psp; /* the stack in use is r[SP] */
    uint32_t primask, basepri, faultmask, control;
    uint32_t priority_mask; /* implemented bits of a priority */
};

/* One of R0 to R12, LR, XPSR, MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK, or a part of XPSR. */
uint32_t registers_get(struct registers *registers, unsigned reg);
void registers_set(struct registers *registers, unsigned reg, uint32_t value);
/* All, in the order of KEPT_... */
void registers_get_all(struct registers *registers, uint32_t *values);
void registers_set_all(struct registers *registers, const uint32_t *values);
/* Start from other values: those of a snapshot. */
void registers_restore(struct registers *registers, const uint64_t *values);
/* MRS and MSR of special register `number`. False: it is another than those above, or the CPU is
 * unprivileged. */
bool registers_read_special(struct registers *registers, unsigned number, uint32_t *value);
bool registers_write_special(struct registers *registers, unsigned number, uint32_t value);

/* Exception entry, B1.5.6, with the frame stacked: a handler on the main stack. Flags stay. */
void registers_enter_handler(struct registers *registers, unsigned exception, uint32_t exc_return,
                             uint32_t control);
/* Exception return, B1.5.8: the context of a basic frame, with the stack pointer `above` it. */
void registers_return(struct registers *registers, const uint32_t *frame, uint32_t xpsr,
                      uint32_t control, bool process, uint32_t above);

/* The register of each place in KEPT_... */
extern const uint8_t kept_registers[KEPT_COUNT];

/* ITSTATE after an instruction of an IT block, A7.3.3. */
static inline uint8_t it_advance(uint32_t it)
{
    return it & 7 ? (uint8_t)((it & 0xE0) | (it << 1 & 0x1F)) : 0;
}

static inline bool xpsr_is_thread(uint32_t xpsr)
{
    return !(xpsr & XPSR_EXCEPTION);
}

#endif
