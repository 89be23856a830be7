/* The Instrumentation Trace Macrocell (C1.7): stimulus ports are always ready; what is written to an
 * enabled one goes to a handler. */
#ifndef SYSTEM_ITM_H
#define SYSTEM_ITM_H

#include "base/host.h"
#include "system/scb.h"

/* Part of a snapshot. */
struct itm_state {
    uint32_t ter, tpr, tcr;
};

struct itm {
    struct itm_state state;
    PyObject *handler; /* called with (port, value, width); or NULL */
    struct host *host;
    const struct scb *scb;
};

/* Offsets are from 0xE0000000. */
uint32_t itm_read(struct itm *itm, uint32_t offset);
void itm_write(struct itm *itm, uint32_t offset, uint32_t value, uint32_t lanes);

#endif
