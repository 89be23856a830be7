/*
 * Dry runs: what would the CPU do from here on? Instructions are executed on a copy of the registers
 * and stores go to a list. Whatever has an effect beyond that, or isn't executed here, ends the
 * attempt: then nothing is known, and the CPU executes as ever.
 */
#ifndef IDLE_DRY_RUN_H
#define IDLE_DRY_RUN_H

#include "bus/bus.h"
#include "decode/decode_block.h"
#include "idle/affine.h"

enum { MAX_STORES = 32 };

/* A word stored to. */
struct dry_store {
    uint8_t *bytes; /* in memory */
    uint32_t before, now;
    uint32_t stride; /* idle/affine.h */
};

struct dry_run {
    struct code_cache *code;
    const struct bus *bus;
    const struct nvic *nvic;
    struct registers registers;
    uint32_t pc;
    unsigned stores;
    struct dry_store store[MAX_STORES];
    struct affine affine;
};

/* Begin with the CPU as it is, at `address`; the first three members are set. */
void dry_run_begin(struct dry_run *run, struct cpu *cpu, uint32_t address);
/* Execute from the block at `address` until it is entered again, within `max` instructions. The
 * number of instructions of that iteration; 0: it isn't known, or doesn't happen. */
uint32_t dry_run_iteration(struct dry_run *run, uint32_t address, uint32_t max);

#endif
