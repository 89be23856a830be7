/* The CPU's state while executing ahead, see foresee.c; drift.c compares rounds of a loop. */
#ifndef RENODE_WIFI_AHEAD_H
#define RENODE_WIFI_AHEAD_H

#include "ops.h"

enum { MOST_STORES = 32 };

/* A word stored to. `step`: by how much it differs from round to round. */
struct store {
    uint8_t *bytes; /* of the word in memory */
    uint32_t before, now, step;
};

struct ahead {
    struct core *core;
    struct cpu cpu;
    uint32_t pc;
    unsigned stores;
    struct store store[MOST_STORES];

    bool drifting; /* steps are followed, by drift.c */
    uint32_t step[OPERANDS]; /* of the registers */
    uint32_t loaded, storing; /* steps of the words that are loaded or stored */
    unsigned target; /* the register that is written, and the step of what is written */
    uint32_t target_step;
    uint64_t rounds; /* that take the same way as this one */
};

/* foresee.c */
void ahead_begin(struct ahead *a, struct core *core, uint32_t address);
uint32_t ahead_round(struct ahead *a, uint32_t address, uint32_t most);

/* drift.c, before and after a step's execution. False: what drifts cannot be told. */
bool drift_before(struct ahead *a, const struct op *op);
bool drift_after(struct ahead *a);

#endif
