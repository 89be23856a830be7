/* Decoding whole blocks, with the extent that Unicorn gave them: what they contain, and their
 * micro-ops for the code cache. */
#ifndef DECODE_DECODE_BLOCK_H
#define DECODE_DECODE_BLOCK_H

#include "decode/decode.h"
#include "state/code_cache.h"

/* What a range of code contains. */
struct block_contents {
    unsigned instructions;
    bool sends_event; /* one of them is SEV */
    bool opens_monitor; /* one of them is LDREX */
    bool changes_masks; /* one of them may change PRIMASK, BASEPRI or FAULTMASK */
    bool writes_basepri; /* one of them is MSR of BASEPRI */
    /* The first of its kind, NO_ADDRESS without one: */
    uint32_t fpu; /* uses the FPU ... */
    uint32_t fixed_point; /* VCVT from fixed-point words */
    uint32_t control; /* MRS of CONTROL */
    bool may_skip_fpu; /* ... and is conditional; */
    bool skips_fpu; /* another one isn't so: Unicorn takes it for a second use */
};

struct block_contents decode_contents(const struct memory_map *map, uint32_t address, uint32_t size);

/*
 * The size of the block that Unicorn has translated, as it would be if Unicorn didn't cut long blocks:
 * to the next instruction that ends one, or the end of the page. Where Unicorn cuts depends on the
 * hooks at the block's instructions (it stops behind 4000 operations), and time must not.
 */
uint32_t decode_size(const struct memory_map *map, uint32_t address, uint32_t size);

/* Decode the block at an address. NULL or without micro-ops: Unicorn executes it. */
const struct decoded_block *decode_block(struct code_cache *code, uint32_t address);

/* The decoded block at an address; NULL: Unicorn executes it. */
static inline const struct decoded_block *decoded_at(struct code_cache *code, uint32_t address)
{
    const struct decoded_block *block = decoded_entry(code, address);
    if (UNLIKELY(block->address != address)) {
        block = decoded_neighbour(code, block);
        if (block->address != address)
            block = decode_block(code, address);
    }
    return block && block->ops ? block : NULL;
}

#endif
