/* Watchpoints: ranges of addresses at whose accesses by the CPU the run is to stop. Pages of memory
 * with one have PAGE_WATCHED, which sends their accesses to the bus. */
#ifndef BUS_WATCHPOINT_H
#define BUS_WATCHPOINT_H

#include "base/schedule.h"
#include "state/memory.h"

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

/* Mirrored by native.py. */
struct watchpoint {
    uint32_t start, size;
    uint32_t accesses; /* WATCH_... */
};

struct watchpoints {
    const struct watchpoint *list;
    uint32_t count;
    struct memory_map *map;
    struct schedule *schedule;
};

/* Replace all; they stay the caller's. Unicorn's soft TLB has to be flushed afterwards. */
void watchpoints_replace(struct watchpoints *watchpoints, const struct watchpoint *list,
                         uint32_t count);
/* One is hit by an access. */
bool watchpoint_is_hit(const struct watchpoints *watchpoints, uint32_t address, unsigned width,
                       unsigned access);
/* Note the access of the CPU in `shared`, if it hits one. */
void watchpoint_note(struct watchpoints *watchpoints, uint32_t address, uint32_t value,
                     unsigned width, unsigned access);

#endif
