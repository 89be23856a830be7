/*
 * Guards: what a block's entry looks at, so that faults are found that Unicorn doesn't raise.
 *
 * Unicorn lets any address be loaded from or stored to where a Cortex-M4 wants whole words aligned
 * (LDM, STM, LDRD, STRD, VLDR, VSTR and the like, A3.2.1), divides by zero, and lets MSR set the
 * lowest bits of a stack pointer. To look at each such instruction would cost more than to execute it.
 * SMLAD of the least numbers sets Q where their sum alone overflows (A7.7.138 has Q for the whole).
 * But the register in question mostly follows from the registers at the block's entry: a guard is the
 * few micro-ops that compute it, or nothing, where the value is proved to be harmless.
 */
#ifndef DECODE_GUARD_H
#define DECODE_GUARD_H

#include "decode/decode.h"

enum { GUARD_OPS = 12, MAX_WATCHES = 128 };

/* What a guard asks of r[n]; op.code of a question, whose instruction is op.at: whether it is aligned,
 * the bits op.value being 0, whether it isn't 0, and whether it isn't op.value. */
enum { ASK_ALIGNED = 0xF0, ASK_NONZERO, ASK_OTHER };

struct guard {
    uint32_t address, size; /* of the block */
    uint16_t inputs; /* registers to begin with, a set */
    uint8_t count; /* 0: there is nothing to ask */
    bool invariant; /* if the block comes again right behind itself, the answers are the same */
    struct op ops[GUARD_OPS];
};

/* Instructions whose register can't be computed at the block's entry. */
struct watch_list {
    unsigned count;
    uint32_t addresses[MAX_WATCHES];
};

/* The guard of a block. divisors: ask for those of SDIV and UDIV, too. */
void guard_make(struct guard *guard, const struct memory_map *map, uint32_t address, uint32_t size,
                bool divisors, struct watch_list *watches);

#endif
