/* Units that compute a cyclic redundancy check (peripherals/base/crc_unit.py). */
#ifndef MODELS_CRC_UNIT_H
#define MODELS_CRC_UNIT_H

#include "base/base.h"

/* Mirrors of the indices in peripherals/base/crc_unit.py. */
enum { CRC_REMAINDER, CRC_BITS, CRC_REVERSED_WITHIN, CRC_REVERSED };

/* Mirrored by native.py. */
struct crc_unit {
    uint32_t *state;
    uint32_t data, polynomial; /* words of the model */
    uint32_t table_of; /* the polynomial, from bit 31 on, that the table is of; 0: of none */
    uint32_t table[256];
};

/* A store to a model. False: the model serves it. */
bool crc_unit_write(struct crc_unit *unit, uint32_t *values, uint32_t word, uint32_t value,
                    unsigned width);

#endif
