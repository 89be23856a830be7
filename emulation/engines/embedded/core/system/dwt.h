/* The Data Watchpoint and Trace unit (C1.8): CYCCNT counts, comparators raise debug events, the other
 * registers store. Of the comparators' functions there are those that raise debug events; there are no
 * trace packets. The monitor's single steps (C1.6.5) are a range that compares with any address. */
#ifndef SYSTEM_DWT_H
#define SYSTEM_DWT_H

#include "system/nvic.h"

enum { DWT_WORDS = 24, DWT_COMPARATORS = 4, DWT_RANGES = DWT_COMPARATORS + 2 };

/* What a comparator waits for, a set. */
enum { DWT_READ = 1, DWT_WRITE = 2, DWT_EXECUTE = 4 };

/* Instead of a comparator: DEMCR.MON_STEP. */
enum { DWT_STEP = DWT_COMPARATORS };

/* Addresses that a comparator compares. */
struct dwt_range {
    uint32_t first, last;
    uint8_t events, comparator;
};

/* Part of a snapshot. */
struct dwt_state {
    uint64_t base; /* CYCCNT = cycles - base while it counts, else base */
    uint32_t words[DWT_WORDS];
};

struct dwt {
    struct dwt_state state;
    struct scb *scb;
    struct nvic *nvic;
    struct schedule *schedule;
};

void dwt_reset(struct dwt *dwt);
/* Time has passed: CYCCNT may be what comparator 0 waits for. */
void dwt_sync(struct dwt *dwt);
/* The state is another: that of a snapshot. */
void dwt_update(struct dwt *dwt);
/* Offsets are from 0xE0001000. */
uint32_t dwt_read(struct dwt *dwt, uint32_t offset);
void dwt_write(struct dwt *dwt, uint32_t offset, uint32_t value, uint32_t lanes);
/* DEMCR, whose TRCENA starts and stops the unit and whose MON_PEND is DebugMonitor's pending state. */
uint32_t dwt_read_demcr(const struct dwt *dwt);
void dwt_write_demcr(struct dwt *dwt, uint32_t value);

/* The addresses to watch, DWT_RANGES at most; how many. */
unsigned dwt_ranges(const struct dwt *dwt, struct dwt_range *ranges);
/* The value of a data access fits what the comparator of its address wants. */
bool dwt_accepts(const struct dwt *dwt, unsigned comparator, uint32_t value, unsigned width);
/* An address that a comparator compares has been accessed or executed: a debug event (C1.4.1). */
void dwt_match(struct dwt *dwt, unsigned comparator);

#endif
