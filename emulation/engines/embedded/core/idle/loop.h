/* Recognising an idle loop by dry runs, and skipping its iterations. */
#ifndef IDLE_LOOP_H
#define IDLE_LOOP_H

#include "idle/dry_run.h"

struct loop_context {
    struct code_cache *code;
    const struct bus *bus;
    const struct nvic *nvic;
    struct cpu *cpu;
};

/*
 * Skip iterations of the loop at `address`, of up to `max` instructions each, as often as fits in
 * `cycles` and is known to happen: the CPU and memory become what they would be, time does not move.
 * The number of instructions of an iteration; 0: it isn't an idle loop, and nothing was done.
 */
uint32_t loop_skip(const struct loop_context *context, uint32_t address, uint32_t max,
                   uint64_t cycles, uint64_t *iterations);

#endif
