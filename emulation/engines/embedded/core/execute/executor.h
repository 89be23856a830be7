/*
 * The interpreter: short runs of code, executed here instead of by Unicorn.
 *
 * A peripheral's handler is a few hundred instructions. To make Unicorn enter it, look its blocks up
 * and come back costs as much as a thousand, so what follows an exception is executed here, until
 * nothing but plain code has come for a while. Blocks have the extent that Unicorn gave them when
 * it executed them first, and are charged, interrupted and stopped before as they are there: only
 * speed shows which of the two executes a block. What isn't executed here, or would fault, is left
 * to Unicorn, at an instruction's start.
 */
#ifndef EXECUTE_EXECUTOR_H
#define EXECUTE_EXECUTOR_H

#include "idle/idle.h"

enum { MAX_BUDGET = 1024 }; /* instructions after an exception, an idle loop, a device access */

/* How often Unicorn's code accesses devices: execute/density.c. */
struct density {
    uint32_t streak, wanted; /* accesses close to each other, and how many are a request */
    uint64_t last, requested; /* cycles of the last access, and of the last request */
};

struct executor {
    bool enabled;
    uint32_t budget; /* instructions that may be executed here before Unicorn goes on */
    struct density density;
    struct schedule *schedule;
    struct host *host;
    struct cpu *cpu;
    struct memory_map *map;
    struct code_cache *code;
    struct nvic *nvic;
    struct bus *bus;
    const struct scb *scb;
    struct idle *idle;
};

#endif
