/* The CPU's state while executing ahead, see foresee.c; drift.c compares rounds of a loop. */
#ifndef RENODE_WIFI_AHEAD_H
#define RENODE_WIFI_AHEAD_H

#include "core.h"

enum { MOST_STORES = 32 };

/* A word stored to. `step`: by how much it differs from round to round. */
struct store {
    uint8_t *bytes; /* of the word in memory */
    uint32_t before, now, step;
};

struct ahead {
    struct core *core;
    uint32_t r[16]; /* r[15]: the instruction to execute */
    bool n, z, c, v;
    bool jumped; /* the last instruction ended its block */
    uint8_t it; /* ITSTATE, A7.3.3 */
    unsigned stores;
    struct store store[MOST_STORES];

    bool drifting; /* steps are followed, by drift.c */
    uint32_t step[16]; /* of r */
    uint32_t loaded, storing; /* steps of the words that the instruction loads or stores */
    unsigned target; /* the register that it writes, and the step of what it writes */
    uint32_t target_step;
    uint64_t rounds; /* that take the same way as this one */
};

/* foresee.c. False: that cannot be foreseen. */
bool ahead_load(struct ahead *a, uint32_t address, unsigned width, uint32_t *value);
bool ahead_load_extended(struct ahead *a, unsigned target, uint32_t address, unsigned width,
                         bool is_signed);
bool ahead_load_list(struct ahead *a, uint32_t list, uint32_t address);
bool ahead_put(struct ahead *a, uint32_t address, unsigned width, uint32_t value);
bool ahead_begin(struct ahead *a, struct core *core, uint32_t address);
uint32_t ahead_round(struct ahead *a, uint32_t address, uint32_t most);
struct store *ahead_stored(struct ahead *a, const uint8_t *bytes);

/* narrow.c and wide.c: execute an instruction; r[15] is behind it. */
bool ahead_narrow(struct ahead *a, uint16_t code, bool in_it);
bool ahead_wide(struct ahead *a, uint16_t first, uint16_t second);

/* operands.c. */
enum { LSL, LSR, ASR, ROR };
bool ahead_holds(const struct ahead *a, unsigned condition);
void ahead_set_nz(struct ahead *a, uint32_t result);
uint32_t ahead_add(struct ahead *a, uint32_t x, uint32_t y, bool carry, bool flags);
uint32_t ahead_shift(const struct ahead *a, unsigned type, uint32_t value, unsigned amount,
                     bool *carry);
uint32_t ahead_shift_by_register(const struct ahead *a, unsigned type, uint32_t value,
                                 unsigned amount, bool *carry);
uint32_t ahead_immediate(const struct ahead *a, uint16_t first, uint16_t second, bool *carry);
bool ahead_jump(struct ahead *a, uint32_t target);
bool ahead_jump_exchange(struct ahead *a, uint32_t target);

/* drift.c, before and after an instruction's execution. False: its steps cannot be told. */
bool drift_before(struct ahead *a, uint16_t first, uint16_t second);
bool drift_after(struct ahead *a);

#endif
