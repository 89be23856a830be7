/* Exceptions' priorities and states (B1.5), and the NVIC's registers (B3.4). */
#ifndef SYSTEM_NVIC_H
#define SYSTEM_NVIC_H

#include "base/schedule.h"
#include "state/cpu.h"
#include "system/scb.h"

#define MAX_IRQS 240
#define EXCEPTION_WORDS 8 /* sets of 256 exception numbers */

/* Priorities: lower is more urgent; fixed ones are negative (B1.5.4). */
#define PRIORITY_NMI (-2)
#define PRIORITY_HARD_FAULT (-1)
#define PRIORITY_THREAD 256

/* Part of a snapshot. */
struct nvic_state {
    uint32_t pending[EXCEPTION_WORDS], enabled[EXCEPTION_WORDS], active[EXCEPTION_WORDS];
    uint32_t line[EXCEPTION_WORDS]; /* levels of the interrupt inputs */
    int16_t priority[256];
};

struct nvic {
    struct nvic_state state;
    /* Group priorities, kept up to date by nvic_update; PRIORITY_THREAD: there is none. */
    int preempting; /* of the pending exception that can preempt all active ones */
    int active; /* of the most urgent active exception */
    int unprivileged; /* of execution, see nvic_before_unicorn */
    uint32_t irq_count;
    uint32_t words; /* of the sets, as far as there are exceptions */
    const struct scb *scb;
    struct cpu *cpu;
    struct schedule *schedule;
};

void nvic_reset(struct nvic *nvic);
/* Any of pending, enabled or active exceptions, priorities or PRIGROUP has changed. */
void nvic_update(struct nvic *nvic);

/* The most urgent pending and enabled exception; 0 without one. */
unsigned nvic_best_pending(const struct nvic *nvic);
/* The chip has an exception of this number. */
bool nvic_has(const struct nvic *nvic, unsigned exception);
unsigned nvic_active_count(const struct nvic *nvic);
/* PRIGROUP splits a priority into group and subpriority; only the group preempts (B1.5.4). */
int nvic_group_priority(const struct nvic *nvic, int priority);
/* The priority at which the processor executes: active exceptions and masks (B1.5.4). */
int nvic_execution_priority(struct nvic *nvic, bool with_primask);
/* It is negative: NMI, HardFault or FAULTMASK. */
bool nvic_is_urgent(const struct nvic *nvic);
/* A pending exception preempts what executes. */
bool nvic_can_take(struct nvic *nvic);
/* WFI ends: an exception would be taken if PRIMASK were clear (B1.5.19). */
bool nvic_wakes(struct nvic *nvic);
/* What keeps a block from running that would end at cycle `end`; HALT_NONE: nothing. A pause lets the
 * block run that crosses it, so that every run makes progress. */
enum halt nvic_obstacle(struct nvic *nvic, uint64_t end);
/* Unicorn is about to execute. */
void nvic_before_unicorn(struct nvic *nvic);

void nvic_pend(struct nvic *nvic, unsigned exception);
void nvic_unpend(struct nvic *nvic, unsigned exception);
void nvic_activate(struct nvic *nvic, unsigned exception);
void nvic_deactivate(struct nvic *nvic, unsigned exception);
/* An interrupt input (or NMI's, exception 2) changes its level. */
void nvic_set_line(struct nvic *nvic, unsigned exception, bool level);

/* The registers ISER to IPR; offsets are from 0xE000E000. */
uint32_t nvic_read(const struct nvic *nvic, uint32_t offset);
void nvic_write(struct nvic *nvic, uint32_t offset, uint32_t value, uint32_t lanes);
/* Four bytes of priorities, as IPR and SHPR show them. */
uint32_t nvic_read_priorities(const struct nvic *nvic, unsigned exception);
void nvic_write_priorities(struct nvic *nvic, unsigned exception, uint32_t value, uint32_t lanes);

#endif
