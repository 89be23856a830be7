/* Descriptions of instructions that are asked for again and again, by address and code. */
#ifndef DECODE_DESCRIPTION_H
#define DECODE_DESCRIPTION_H

#include "decode/decode.h"

enum { DESCRIPTIONS = 1024 };

struct described {
    uint32_t code; /* the word at the instruction's address */
    struct instruction instruction; /* of size 0: none */
};

struct descriptions {
    struct described entries[DESCRIPTIONS];
};

/* The instruction at an address; NULL: it can't be fetched. */
const struct instruction *description_at(struct descriptions *descriptions,
                                         const struct memory_map *map, uint32_t address);

#endif
