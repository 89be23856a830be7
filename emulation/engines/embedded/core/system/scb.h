/* The System Control Block's registers as data (B3.2); scs.c is their face on the bus. */
#ifndef SYSTEM_SCB_H
#define SYSTEM_SCB_H

#include "base/base.h"

/* Configurable Fault Status Register, B3.2.15. */
enum cfsr {
    CFSR_IACCVIOL = 1u << 0,
    CFSR_DACCVIOL = 1u << 1,
    CFSR_MUNSTKERR = 1u << 3,
    CFSR_MSTKERR = 1u << 4,
    CFSR_MMARVALID = 1u << 7,
    CFSR_IBUSERR = 1u << 8,
    CFSR_PRECISERR = 1u << 9,
    CFSR_IMPRECISERR = 1u << 10,
    CFSR_UNSTKERR = 1u << 11,
    CFSR_STKERR = 1u << 12,
    CFSR_BFARVALID = 1u << 15,
    CFSR_UNDEFINSTR = 1u << 16,
    CFSR_INVSTATE = 1u << 17,
    CFSR_INVPC = 1u << 18,
    CFSR_NOCP = 1u << 19,
    CFSR_UNALIGNED = 1u << 24,
    CFSR_DIVBYZERO = 1u << 25,
};

/* HardFault Status Register, B3.2.16. */
enum hfsr { HFSR_VECTTBL = 1u << 1, HFSR_FORCED = 1u << 30, HFSR_DEBUGEVT = 1u << 31 };

/* Debug Fault Status Register, C1.6.1. */
enum dfsr { DFSR_HALTED = 1u << 0, DFSR_BKPT = 1u << 1, DFSR_DWTTRAP = 1u << 2 };

/* Configuration and Control Register, B3.2.8. */
enum ccr {
    CCR_NONBASETHRDENA = 1u << 0,
    CCR_USERSETMPEND = 1u << 1,
    CCR_UNALIGN_TRP = 1u << 3,
    CCR_DIV_0_TRP = 1u << 4,
    CCR_BFHFNMIGN = 1u << 8,
    CCR_STKALIGN = 1u << 9,
};

/* System Control Register, B3.2.7. */
enum scr { SCR_SLEEPONEXIT = 1u << 1, SCR_SLEEPDEEP = 1u << 2, SCR_SEVONPEND = 1u << 4 };

/* Floating-Point Context Control Register, B3.2.21. */
enum fpccr { FPCCR_LSPACT = 1u << 0, FPCCR_LSPEN = 1u << 30, FPCCR_ASPEN = 1u << 31 };

/* Debug Exception and Monitor Control Register, C1.6.5. */
enum demcr {
    DEMCR_MON_EN = 1u << 16,
    DEMCR_MON_PEND = 1u << 17,
    DEMCR_MON_STEP = 1u << 18,
    DEMCR_TRCENA = 1u << 24,
};

/* Part of a snapshot. */
struct scb {
    uint32_t vtor, prigroup, scr, ccr, cfsr, hfsr, dfsr, mmfar, bfar;
    uint32_t actlr, cpacr, fpccr, fpcar, fpdscr, demcr;
};

/* CP10 is accessible, to privileged code at least (B3.2.20). */
static inline bool scb_fpu_is_enabled(const struct scb *scb)
{
    return scb->cpacr >> 20 & 3;
}

/* CCR asks for faults that Unicorn doesn't raise: every instruction is to be checked. */
static inline bool scb_wants_checks(const struct scb *scb)
{
    return scb->ccr & CCR_UNALIGN_TRP;
}

#endif
