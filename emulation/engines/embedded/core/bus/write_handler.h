/* Ranges of memory, by whichever alias, whose stores go to a Python handler: flash programming. */
#ifndef BUS_WRITE_HANDLER_H
#define BUS_WRITE_HANDLER_H

#include "base/host.h"
#include "state/memory.h"

struct write_handler {
    uint32_t start, size; /* physical addresses */
    PyObject *handler;
    struct write_handler *next;
};

struct write_handlers {
    struct write_handler *first;
    struct memory_map *map;
    struct host *host;
};

/* Call `handler` with (physical address, value, width) of stores to a range. False: it is not one
 * piece of memory. Unicorn's soft TLB has to be flushed afterwards. */
bool write_handlers_add(struct write_handlers *handlers, uint32_t start, uint32_t size,
                        PyObject *handler);
/* A store to a page with PAGE_HANDLED. False: the range has no handler. */
bool write_handlers_call(struct write_handlers *handlers, uint32_t physical, uint32_t value,
                         unsigned width);
void write_handlers_free(struct write_handlers *handlers);

#endif
