/* IT blocks that Unicorn ends a block in, seen from behind. */
#ifndef DECODE_IT_BLOCK_H
#define DECODE_IT_BLOCK_H

#include "decode/decode.h"

/* ITSTATE of a block that begins behind MSR, where Unicorn ends one whatever comes next. Elsewhere 0. */
uint8_t it_behind_msr(const struct memory_map *map, uint32_t address);
/* ITSTATE where a block begins that follows MSR and the like within an IT block. What only looks like
 * IT counts, too: it makes an instruction conditional, of which less is known. */
uint8_t it_before(const struct memory_map *map, uint32_t address);

#endif
