/*
 * What is known of the guest's code: the blocks that Unicorn has translated, and those that have been
 * decoded into micro-ops.
 *
 * Blocks have the extent that Unicorn gave them, because time is charged by block; only those that it
 * cuts have the extent of all pieces. A block at whose
 * entry more happens than counting time has a mark in its entry (a code hook, SEV, use of the
 * disabled FPU, or the block at which idle/ counts iterations). A block with a guard
 * (hooks/guard.h) has an instruction that Unicorn executes where a Cortex-M4 may fault.
 */
#ifndef STATE_CODE_CACHE_H
#define STATE_CODE_CACHE_H

#include "base/host.h"
#include "state/memory.h"
#include "state/micro_op.h"

/* A block: its address, its size in bytes with flags at the top, its number of instructions. */
typedef uint64_t block_t;
enum { BLOCK_SIZE_SHIFT = 32, BLOCK_COUNT_SHIFT = 49 };
#define BLOCK_KEY_MASK ((1ull << BLOCK_COUNT_SHIFT) - 1)
#define BLOCK_MARK (1ull << (BLOCK_COUNT_SHIFT - 1)) /* no block leaves its page */
#define BLOCK_GUARD (1ull << (BLOCK_COUNT_SHIFT - 2))
#define BLOCK_MASKS (1ull << (BLOCK_COUNT_SHIFT - 3)) /* it may change PRIMASK and the like */
#define BLOCK_CUT (1ull << (BLOCK_COUNT_SHIFT - 4)) /* Unicorn executes it in pieces */
#define BLOCK_FLAGS (BLOCK_MARK | BLOCK_GUARD | BLOCK_MASKS | BLOCK_CUT)

struct decoded_block {
    uint32_t address; /* NO_ADDRESS: none, or forgotten, perhaps while it is executed */
    uint32_t end, instructions;
    const struct op *ops; /* NULL: Unicorn executes it */
    block_t block;
};

enum { BLOCK_ENTRIES = 32768, DECODED_BITS = 15, DECODED_OPS = 1 << 16 };

struct code_cache {
    block_t current; /* the block being executed, charged as a whole; or 0 */
    uint32_t watched; /* the block at which idle/ counts iterations; or NO_ADDRESS */
    bool watched_marked; /* it is marked for another reason, too */
    struct host *host;
    struct memory_map *map;
    const uint32_t *breakpoints; /* sorted: blocks with one are left to Unicorn */
    uint32_t breakpoint_count;
    uint32_t ops_used;
    block_t blocks[BLOCK_ENTRIES];
    struct decoded_block decoded[1 << DECODED_BITS];
    struct op ops[DECODED_OPS]; /* when they are used up, all decoded blocks are forgotten */
};

static inline block_t block_key(uint32_t address, uint32_t size)
{
    return address | (block_t)size << BLOCK_SIZE_SHIFT;
}

static inline uint32_t block_address(block_t block)
{
    return (uint32_t)block;
}

static inline uint32_t block_end(block_t block)
{
    return (uint32_t)block + (uint32_t)((block & BLOCK_KEY_MASK & ~BLOCK_FLAGS) >> BLOCK_SIZE_SHIFT);
}

static inline uint32_t block_count(block_t block)
{
    return (uint32_t)(block >> BLOCK_COUNT_SHIFT);
}

static inline block_t *block_entry(struct code_cache *code, uint32_t address)
{
    return &code->blocks[(address >> 1) & (BLOCK_ENTRIES - 1)];
}

static inline struct decoded_block *decoded_entry(struct code_cache *code, uint32_t address)
{
    return &code->decoded[address * 2654435761u >> (32 - DECODED_BITS)];
}

/* Where a block is kept that finds its entry taken. */
static inline struct decoded_block *decoded_neighbour(struct code_cache *code,
                                                      const struct decoded_block *block)
{
    return &code->decoded[(block - code->decoded) ^ 1];
}

/* A block that Unicorn enters is the one of this entry, or its first piece. */
static inline bool block_is_at(block_t block, uint32_t address, uint32_t size)
{
    uint32_t end = block_end(block);
    return block_address(block) == address &&
           (end == address + size || (block & BLOCK_CUT && end > address + size));
}

/* The block is marked otherwise than for idle/ alone. */
bool block_is_marked(const struct code_cache *code, block_t block);
/* The block that Unicorn has found at an address, if only time is counted at its entry; else 0. */
block_t block_plain(struct code_cache *code, uint32_t address);
/* A breakpoint is from `start` on, before `end`. */
bool code_has_breakpoint(const struct code_cache *code, uint32_t start, uint32_t end);
/* Mark a block for idle/, or remove that mark. */
void block_watch(struct code_cache *code, block_t *entry, uint32_t address);
void block_unwatch(struct code_cache *code);

/* Bytes in a range have changed by other means than a store of the CPU, of which Unicorn knows. */
void code_changed(struct code_cache *code, uint32_t address, uint32_t size);
/* What happens at blocks' entries has changed, wherever they are. */
void code_reexamine(struct code_cache *code);
/* The CPU stores to a page with code: Unicorn notices, but decoded blocks would not. */
void code_forget_decoded(struct code_cache *code);
/* Unicorn has translated a block anew. */
void code_translated(struct code_cache *code, uint32_t address);

#endif
