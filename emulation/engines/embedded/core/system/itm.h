/* The Instrumentation Trace Macrocell (C1.7): stimulus ports are always ready and drop what is
 * written to them, the control registers store. */
#ifndef SYSTEM_ITM_H
#define SYSTEM_ITM_H

#include "base/base.h"

/* Part of a snapshot. */
struct itm {
    uint32_t ter, tpr, tcr;
};

/* Offsets are from 0xE0000000. */
uint32_t itm_read(struct itm *itm, uint32_t offset);
void itm_write(struct itm *itm, uint32_t offset, uint32_t value, uint32_t lanes);

#endif
