/*
 * Loops that wait, compared round by round: one that changes nothing, and one that counts.
 *
 * A round of the former is like every other until the next event. In the latter some registers and
 * words differ from round to round by a fixed step, a counter and its copies. Whether that goes on is
 * found out by executing one round ahead with the step of every value: sums keep it, copies carry it,
 * and whatever else would touch a value that drifts ends the attempt. Where flags depend on such a
 * value, only those rounds count in which all four flags stay what they are now, so that every round
 * takes the same way.
 */
#include "ahead.h"

#include <string.h>

enum { SIGN_SHIFT = 31, STACK_POINTER = 13, LINK = 14, COUNTED = 15 };
#define SIGN 0x80000000u

/* Rounds until `value`, which changes by `step`, wraps or gets to the other side of `limit`. */
static void stay(struct ahead *a, uint32_t value, uint32_t step, uint32_t limit)
{
    uint32_t by = step, room;
    if (step >> SIGN_SHIFT) {
        by = -step;
        room = value >= limit ? value - limit : value;
    } else {
        room = value < limit ? limit - 1 - value : UINT32_MAX - value;
    }
    uint64_t rounds = (uint64_t)(room / by) + 1;
    if (rounds < a->rounds)
        a->rounds = rounds;
}

/* The flags of x - y, of which x changes by `step`. Those of a sum are the same but for 0. */
static void flags_of(struct ahead *a, uint32_t x, uint32_t step, uint32_t y)
{
    if (!step)
        return;
    stay(a, x, step, y); /* C, and Z together with the next */
    if (y != UINT32_MAX)
        stay(a, x, step, y + 1);
    stay(a, x - y, step, SIGN); /* N, and V together with the next */
    stay(a, x, step, SIGN);
}

static bool any_drifts(const struct ahead *a)
{
    for (unsigned i = 0; i < COUNTED; i++)
        if (a->step[i])
            return true;
    return false;
}

/* Of an instruction not looked into: no field that may name a register names one that drifts. */
static bool is_untouched(const struct ahead *a, uint16_t first, uint16_t second)
{
    if (instruction_size(first) == 4) {
        if ((first & 0xFE00) == 0xE800) /* lists of registers, and pairs */
            return !any_drifts(a);
        return !(a->step[first & 0xF] | a->step[second >> 12] | a->step[second >> 8 & 0xF] |
                 a->step[second & 0xF]);
    }
    if ((first & 0xF600) == 0xB400) /* PUSH, POP */
        return !any_drifts(a);
    return !(a->step[first & 7] | a->step[first >> 3 & 7] | a->step[first >> 6 & 7] |
             a->step[first >> 8 & 7] | a->step[(first & 7) | (first >> 4 & 8)] |
             a->step[first >> 3 & 0xF]);
}

/* The instruction's result goes to `target` and drifts by `step`. */
static bool result(struct ahead *a, unsigned target, uint32_t step)
{
    a->target = target;
    a->target_step = step;
    return target < STACK_POINTER;
}

/* It loads `target` from a place that `base` decides. */
static bool loads(struct ahead *a, unsigned target, unsigned base)
{
    a->target = target;
    a->target_step = 0; /* and that of the word loaded */
    return target < STACK_POINTER && !a->step[base];
}

static bool stores(struct ahead *a, unsigned source, unsigned base)
{
    a->storing = a->step[source];
    return !a->step[base];
}

/* x is a register, y a value that doesn't drift: to be added, or subtracted with `minus`. */
static bool sums(struct ahead *a, unsigned target, unsigned x, uint32_t y, bool minus)
{
    flags_of(a, a->r[x], a->step[x], minus ? y : -y);
    return result(a, target, a->step[x]);
}

static bool compares(struct ahead *a, unsigned x, uint32_t y)
{
    flags_of(a, a->r[x], a->step[x], y);
    return true;
}

/* MOV, ADD and CMP of any registers; without flags but for the latter. */
static bool special_before(struct ahead *a, uint16_t code)
{
    unsigned d = (code & 7) | (code >> 4 & 8), m = code >> 3 & 0xF;
    switch (code >> 8 & 3) {
    case 1:
        return !a->step[m] && compares(a, d, a->r[m]);
    case 2:
        return result(a, d, a->step[m]);
    default:
        return is_untouched(a, code, 0);
    }
}

static bool narrow_before(struct ahead *a, uint16_t code)
{
    unsigned low = code & 7, base = code >> 3 & 7, high = code >> 8 & 7;
    uint32_t immediate = code & 0xFF;
    switch (code >> 11) {
    case 0x00: /* LSL; by 0 it is MOVS */
        return code & 0x7C0 ? is_untouched(a, code, 0) : sums(a, low, base, 0, true);
    case 0x03: {
        unsigned other = code >> 6 & 7;
        if (!(code & 0x400) && a->step[other])
            return false;
        return sums(a, low, base, code & 0x400 ? other : a->r[other], code & 0x200);
    }
    case 0x04: return result(a, high, 0);
    case 0x05: return compares(a, high, immediate);
    case 0x06: return sums(a, high, high, immediate, false);
    case 0x07: return sums(a, high, high, immediate, true);
    case 0x08:
        if (code & 0x400)
            return special_before(a, code);
        if ((code >> 6 & 0xF) == 0xA)
            return !a->step[base] && compares(a, low, a->r[base]);
        return is_untouched(a, code, 0);
    case 0x09: return loads(a, high, 15);
    case 0x0C: return stores(a, low, base);
    case 0x0D: return loads(a, low, base);
    case 0x12: return stores(a, high, STACK_POINTER);
    case 0x13: return loads(a, high, STACK_POINTER);
    case 0x1A:
    case 0x1B:
    case 0x1C: return true; /* branches: the flags have been looked at */
    default: return is_untouched(a, code, 0);
    }
}

static bool wide_before(struct ahead *a, uint16_t first, uint16_t second)
{
    unsigned n = first & 0xF, d = second >> 8 & 0xF, t = second >> 12;
    bool is_immediate = (first & 0xFA00) == 0xF000 && !(second & 0x8000);
    bool is_addition = (first & 0x1E0) == 0x100, is_subtraction = (first & 0x1E0) == 0x1A0;
    if (is_immediate && (is_addition || is_subtraction)) {
        bool carry;
        uint32_t y = ahead_immediate(a, first, second, &carry);
        if (d == 15)
            return compares(a, n, is_subtraction ? y : -y);
        return sums(a, d, n, y, is_subtraction);
    }
    if (is_immediate && (first & 0x1EF) == 0x04F) /* MOV */
        return result(a, d, 0);
    if ((first & 0xF800) == 0xF000 && second & 0x8000) /* branches */
        return true;
    if ((first & 0xFFE0) == 0xF8C0 && t != 15) /* LDR and STR with an offset of 12 bits */
        return first & 0x10 ? loads(a, t, n) : stores(a, t, n);
    return is_untouched(a, first, second);
}

bool drift_before(struct ahead *a, uint16_t first, uint16_t second)
{
    a->target = COUNTED;
    return instruction_size(first) == 2 ? narrow_before(a, first)
                                        : wide_before(a, first, second);
}

bool drift_after(struct ahead *a)
{
    if (a->target == COUNTED)
        return !a->loaded;
    a->step[a->target] = a->target_step + a->loaded;
    return true;
}

/* What one round made of `start` is what the next rounds will do: the steps, for drift_before. */
static bool begin_drifting(struct ahead *drift, const struct ahead *start, const struct ahead *end)
{
    *drift = *start;
    drift->drifting = true;
    for (unsigned i = 0; i < COUNTED; i++)
        drift->step[i] = end->r[i] - start->r[i];
    for (unsigned i = 0; i < end->stores; i++) {
        struct store store = end->store[i];
        store.step = store.now - store.before;
        store.now = store.before;
        drift->store[i] = store;
    }
    drift->stores = end->stores;
    return !drift->step[STACK_POINTER] && !drift->step[LINK];
}

/* Every step is at the round's end what it was at its start. */
static bool keeps_drifting(const struct ahead *drift, const struct ahead *start,
                           const struct ahead *end)
{
    for (unsigned i = 0; i < COUNTED; i++)
        if (drift->step[i] != end->r[i] - start->r[i])
            return false;
    for (unsigned i = 0; i < drift->stores; i++)
        if (drift->store[i].step != end->store[i].now - end->store[i].before)
            return false;
    return true;
}

static bool is_still(const struct ahead *start, const struct ahead *end)
{
    for (unsigned i = 0; i < end->stores; i++)
        if (end->store[i].now != end->store[i].before)
            return false;
    return memcmp(start->r, end->r, sizeof start->r) == 0;
}

/* The CPU as it is `rounds` later. */
static void move_on(struct core *core, const struct ahead *start, const struct ahead *end,
                    uint64_t rounds)
{
    static const uint8_t regs[] = {R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12};
    uint64_t values[STACK_POINTER];
    uint32_t times = (uint32_t)rounds;
    for (unsigned i = 0; i < STACK_POINTER; i++)
        values[i] = start->r[i] + times * (end->r[i] - start->r[i]);
    cpu_write_many(core, regs, values, STACK_POINTER);
    for (unsigned i = 0; i < end->stores; i++) {
        const struct store *store = &end->store[i];
        uint32_t word = store->before + times * (store->now - store->before);
        memcpy(store->bytes, &word, sizeof word);
    }
}

/*
 * Go round the loop at `address`, whose rounds have up to `most` instructions, as often as fits in
 * `cycles` and can be foreseen. The number of instructions of a round; 0: it cannot be foreseen, and
 * nothing was done.
 */
uint32_t drift_skip(struct core *core, uint32_t address, uint32_t most, uint64_t cycles,
                    uint64_t *rounds)
{
    struct ahead start, end, drift;
    if (!ahead_begin(&start, core, address))
        return 0;
    end = start;
    uint32_t length = ahead_round(&end, address, most);
    if (!length || end.n != start.n || end.z != start.z || end.c != start.c || end.v != start.v)
        return 0;
    *rounds = cycles / length;
    if (is_still(&start, &end))
        return length;
    if (!begin_drifting(&drift, &start, &end))
        return 0;
    drift.rounds = *rounds;
    if (ahead_round(&drift, address, most) != length || !keeps_drifting(&drift, &start, &end) ||
        !drift.rounds)
        return 0;
    *rounds = drift.rounds;
    move_on(core, &start, &end, *rounds);
    return length;
}
