/*
 * A firewall around segments of memory, as the STM32L4's (RM0351 section 4): its code may be entered
 * at its gate only, and only that code reaches the segments.
 *
 * Blocks with protected code are marked, so that their entries come here; while the firewall is open,
 * each block does. Pages with a segment have PAGE_GUARDED, which sends their accesses to the bus. A
 * firewall that isn't enabled costs nothing.
 */
#ifndef BUS_FIREWALL_H
#define BUS_FIREWALL_H

#include "state/code_cache.h"

enum segment_kind { SEGMENT_CODE, SEGMENT_NON_VOLATILE, SEGMENT_VOLATILE, SEGMENTS };

struct segment {
    uint32_t start, size;
};

/* Part of a snapshot. Mirrored by native.py. */
struct firewall_state {
    struct segment segments[SEGMENTS];
    uint32_t enabled, open;
    uint32_t prearmed, shared, executable; /* FPA, VDS and VDE of FW_CR */
};

/* What the handler is called with, beside an address. */
enum firewall_event { FIREWALL_OPENED, FIREWALL_CLOSED, FIREWALL_VIOLATED };

struct firewall {
    struct firewall_state state;
    bool is_marked; /* pages and blocks are */
    PyObject *handler;
    struct memory_map *map;
    struct code_cache *code;
    struct schedule *schedule;
    struct host *host;
};

/* The segments are others from the next block on; handler(event, address) is called. */
void firewall_set(struct firewall *firewall, const struct firewall_state *state, PyObject *handler);
/* REQUEST_FIREWALL: pages and blocks are marked as the segments want it. */
void firewall_apply(struct firewall *firewall);
/* A block has code whose entry is to be looked at. */
bool firewall_has_code(const struct firewall *firewall, uint32_t address, uint32_t size);
/* A block may be entered. False: the chip is to be reset. */
bool firewall_admits(struct firewall *firewall, uint32_t address, uint32_t size);
/* An access of the CPU to a guarded page is permitted; if not, the chip is to be reset. */
bool firewall_permits(struct firewall *firewall, uint32_t address, unsigned width);

#endif
