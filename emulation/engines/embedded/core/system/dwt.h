/* The Data Watchpoint and Trace unit (C1.8): CYCCNT counts, the other registers store. */
#ifndef SYSTEM_DWT_H
#define SYSTEM_DWT_H

#include "base/schedule.h"
#include "system/scb.h"

enum { DWT_WORDS = 24 };

/* Part of a snapshot. */
struct dwt_state {
    uint64_t base; /* CYCCNT = cycles - base while it counts, else base */
    uint32_t words[DWT_WORDS];
};

struct dwt {
    struct dwt_state state;
    struct scb *scb;
    const struct schedule *schedule;
};

void dwt_reset(struct dwt *dwt);
/* Offsets are from 0xE0001000. */
uint32_t dwt_read(const struct dwt *dwt, uint32_t offset);
void dwt_write(struct dwt *dwt, uint32_t offset, uint32_t value);
/* DEMCR, whose TRCENA starts and stops the counter. */
void dwt_write_demcr(struct dwt *dwt, uint32_t value);

#endif
