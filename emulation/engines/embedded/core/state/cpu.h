/*
 * The CPU: its registers, kept here or by Unicorn, and what is not in a register.
 *
 * Unicorn keeps the registers while it executes. In between they are kept here: fetched at first
 * use, and written back, as far as they have changed, before Unicorn goes on. Most handlers leave
 * everything as they found it and cost Unicorn nothing. So are the floating-point registers, apart
 * from the others.
 */
#ifndef STATE_CPU_H
#define STATE_CPU_H

#include "base/host.h"
#include "state/registers.h"

enum { SAVED_REGISTERS = KEPT_COUNT + 17 }; /* KEPT_..., FPSCR, D0 to D15 */

/* The local monitor of LDREX and STREX, A3.4. Unicorn has its address, and closes it at STREX. */
enum monitor { MONITOR_CLOSED, MONITOR_OPEN /* perhaps */, MONITOR_CLOSING /* before Unicorn goes on */ };

enum powered_down {
    POWERED_DOWN = 1, /* only a reset ends it */
    HALTED = 2, /* core_halt ends it ... */
    HALTED_ASLEEP = 4, /* ... and the sleep before it goes on */
};

/* Part of a snapshot. */
struct cpu_state {
    uint32_t pc; /* where execution goes on; bit 0 as for BX */
    uint32_t exception; /* IPSR */
    uint32_t sleeping; /* WFI or WFE was executed and has not ended ... */
    uint32_t waiting_for_event; /* ... and it was WFE */
    uint32_t event; /* the event register of WFE, B1.5.18 */
    uint32_t deeply_asleep; /* asleep with SLEEPDEEP, as the power controller knows */
    uint32_t follows_sleep; /* RCC wants to know of sleep without SLEEPDEEP, too ... */
    uint32_t asleep; /* ... and has been called with its beginning */
    uint32_t powered_down; /* enum powered_down: the sleep has another end than an interrupt */
    uint32_t locked_up;
    uint32_t monitor; /* enum monitor */
};

/* S0 to S31, of which D0 to D15 are pairs, and FPSCR. */
struct fp_registers {
    uint32_t s[32], fpscr;
};

struct cpu {
    struct registers registers; /* if `known` */
    struct fp_registers fp, fp_in_unicorn; /* if `fp_known` */
    struct cpu_state state;
    bool known, fp_known; /* the registers have been fetched */
    bool translating; /* Unicorn executes and has the registers */
    uint32_t in_unicorn[KEPT_COUNT];
    int ids[REGISTER_COUNT]; /* Unicorn's identifiers */
    struct host *host;
};

uint32_t cpu_read(struct cpu *cpu, enum reg reg);
void cpu_write(struct cpu *cpu, enum reg reg, uint32_t value);
/* Either all of `regs` are integer registers or all are floating-point ones. */
void cpu_read_many(struct cpu *cpu, const uint8_t *regs, uint64_t *values, int count);
void cpu_write_many(struct cpu *cpu, const uint8_t *regs, const uint64_t *values, int count);
bool cpu_is_unprivileged(struct cpu *cpu);
/* An exception is entered or returns, B1.5.6: STREX will fail. */
void cpu_close_monitor(struct cpu *cpu);
/* Have the registers here; and the floating-point ones. */
void cpu_fetch(struct cpu *cpu);
void cpu_fetch_fp(struct cpu *cpu);
/* A copy of the registers; possible while Unicorn executes, too. */
void cpu_copy(struct cpu *cpu, struct registers *copy);
/* Unicorn is about to execute: write back what has changed. */
void cpu_write_back(struct cpu *cpu);
/* SAVED_REGISTERS values. */
void cpu_save(struct cpu *cpu, uint64_t *values);
void cpu_restore(struct cpu *cpu, const uint64_t *values);

#endif
