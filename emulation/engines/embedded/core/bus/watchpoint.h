/* Watchpoints: ranges of addresses at whose accesses by the CPU the run is to stop, and those of the
 * DWT's comparators, which raise debug events. Pages of memory with one have PAGE_WATCHED, which sends
 * their accesses to the bus. */
#ifndef BUS_WATCHPOINT_H
#define BUS_WATCHPOINT_H

#include "base/schedule.h"
#include "state/memory.h"
#include "system/dwt.h"

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

/* Mirrored by native.py. */
struct watchpoint {
    uint32_t start, size;
    uint32_t accesses; /* WATCH_... */
};

struct watchpoints {
    const struct watchpoint *list;
    uint32_t count;
    struct dwt_range ranges[DWT_RANGES];
    unsigned range_count;
    bool matched; /* one of the ranges, by the instruction being executed */
    struct dwt *dwt;
    struct memory_map *map;
    struct schedule *schedule;
};

/* Replace all; they stay the caller's. Unicorn's soft TLB has to be flushed afterwards. */
void watchpoints_replace(struct watchpoints *watchpoints, const struct watchpoint *list,
                         uint32_t count);
/* The same for those of the DWT. */
void watchpoints_compare(struct watchpoints *watchpoints);
/* There are any. */
static inline bool watchpoints_exist(const struct watchpoints *watchpoints)
{
    return watchpoints->count || watchpoints->range_count;
}
/* A range of the DWT waits for the execution of instructions. */
bool watchpoints_compare_execution(const struct watchpoints *watchpoints);
/* An instruction is about to be executed. */
void watchpoint_note_execution(struct watchpoints *watchpoints, uint32_t address);
/* One is hit by an access. */
bool watchpoint_is_hit(const struct watchpoints *watchpoints, uint32_t address, unsigned width,
                       unsigned access);
/* Note the access of the CPU in `shared` or in the DWT, if it hits one. */
void watchpoint_note(struct watchpoints *watchpoints, uint32_t address, uint32_t value,
                     unsigned width, unsigned access);

#endif
