/*
 * SysTick (B3.3). The counter isn't counted: it follows from the cycle at which it next reaches 0.
 * Offsets are from 0xE000E010.
 */
#ifndef SYSTEM_SYSTICK_H
#define SYSTEM_SYSTICK_H

#include "system/nvic.h"

/* Part of a snapshot. */
struct systick_state {
    uint32_t control, load, held; /* held: the count while disabled */
    uint32_t counted; /* COUNTFLAG */
    uint64_t zero; /* cycle at which the counter next reaches 0 */
};

struct systick {
    struct systick_state state;
    uint32_t divider; /* core cycles per tick of the reference clock */
    uint32_t calibration;
    struct nvic *nvic;
    struct schedule *schedule;
};

void systick_reset(struct systick *tick);
/* The state has changed otherwise than by its registers: a snapshot was restored. */
void systick_update(struct systick *tick);
/* Catch up with the cycle counter: set COUNTFLAG and pend the exception for zeros passed. */
void systick_sync(struct systick *tick);
/* Its clock stops, and goes on. */
void systick_hold(struct systick *tick);
void systick_resume(struct systick *tick);
uint32_t systick_read(struct systick *tick, uint32_t offset);
void systick_write(struct systick *tick, uint32_t offset, uint32_t value);

#endif
