/* The private peripheral bus (B3.1.1): the units of the processor itself, by page. */
#ifndef SYSTEM_PPB_H
#define SYSTEM_PPB_H

#include "system/itm.h"
#include "system/scs.h"

struct ppb {
    struct scs *scs;
    struct dwt *dwt;
    struct itm *itm;
};

/* A unit is at the address. FPB, TPIU and ETM read 0 and ignore stores. */
bool ppb_has(uint32_t address);
/* Of whole words; `lanes` are the bits that a store covers. */
uint32_t ppb_read(struct ppb *ppb, uint32_t address);
void ppb_write(struct ppb *ppb, uint32_t address, uint32_t value, uint32_t lanes);
/* A register that a read leaves as it is and that only an event changes: critical sections read
 * ICSR in idle loops. False: it is another. */
bool ppb_peek(const struct ppb *ppb, uint32_t address, uint32_t *value);

#endif
