/*
 * Accesses to more than plain memory: models, the private peripheral bus, bit-band aliases, write
 * handlers. Unicorn's accesses to pages that the soft TLB sends here, those of execute/, and those of
 * bus masters and debuggers.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "models/model.h"
#include "bus/watchpoint.h"
#include "bus/write_handler.h"
#include "state/code_cache.h"
#include "system/ppb.h"

struct bus {
    struct lines lines;
    struct write_handlers write_handlers;
    struct watchpoints watchpoints;
    struct memory_map *map;
    struct code_cache *code;
    struct ppb *ppb;
    const struct protection *protection;
    struct schedule *schedule;
    struct host *host;
    bool strict; /* a reserved word of a page with models faults instead of reading 0 */
    PyObject *reserved_handler; /* called with (address, is write) of such an access; or NULL */
    uint32_t imprecise_address; /* of the fault behind REQUEST_BUS_FAULT */
    enum access imprecise_access;
    const struct window *recent; /* the one accessed last; or NULL */
};

/* `width` is 1, 2 or 4; an access may cross a word. */
uint32_t bus_read(struct bus *bus, uint32_t address, unsigned width);
void bus_write(struct bus *bus, uint32_t address, uint32_t value, unsigned width);
/* The window of an aligned access, if it is the one accessed last and nobody else is to be asked. */
static inline const struct window *bus_recent(const struct bus *bus, uint32_t address, unsigned width)
{
    const struct window *window = bus->recent;
    bool is_within = window && address - window->base < window->size && !(address & (width - 1));
    return is_within && !bus->watchpoints.count && !bus->protection->active ? window : NULL;
}

/* The word at an address, if a read has no effect and only an event changes it. */
bool bus_peek(const struct bus *bus, uint32_t address, uint32_t *value);
/* A device, a unit of the processor or a write handler may notice the access. */
bool bus_is_noticed(const struct bus *bus, uint32_t address, bool is_write);
/* A page that a firewall guards: hooks/ looks at its accesses. */
bool bus_is_guarded(const struct bus *bus, uint32_t address);
/* Something is there. */
bool bus_has(const struct bus *bus, uint32_t address);

#endif
