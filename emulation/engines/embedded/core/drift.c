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
#include "arithmetic.h"

#include <string.h>

enum { SIGN_SHIFT = 31, NOWHERE = OPERANDS };
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
static void flags_drift(struct ahead *a, uint32_t x, uint32_t step, uint32_t y)
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
    for (unsigned i = 0; i < PC; i++)
        if (a->step[i])
            return true;
    return false;
}

/* The step's result goes to `target` and drifts by `step`; neither the stack nor the way back may. */
static bool result(struct ahead *a, unsigned target, uint32_t step)
{
    a->target = target;
    a->target_step = target == SINK ? 0 : step;
    return !step || (target != SP && target != LR);
}

/* r[x] and a value y that doesn't drift are added, or -y subtracted. */
static bool sums(struct ahead *a, const struct op *op, unsigned x, uint32_t y)
{
    uint32_t step = a->step[x];
    if (op->code == OP_ADDS || op->code == OP_SUBS)
        flags_drift(a, a->cpu.r[x], step, -y);
    return result(a, op->d, step);
}

/* Of a step not looked into: no field that may name a register names one that drifts. */
static bool is_untouched(const struct ahead *a, const struct op *op)
{
    switch ((enum op_code)op->code) {
    case OP_LDM:
    case OP_STM: return !any_drifts(a);
    case OP_MLA:
    case OP_MLS:
    case OP_UMULL:
    case OP_SMULL:
    case OP_UMLAL:
    case OP_SMLAL:
        if (a->step[op->how])
            return false;
        break;
    default: break;
    }
    return !(a->step[op->d] | a->step[op->n] | a->step[op->m]);
}

bool drift_before(struct ahead *a, const struct op *op)
{
    const uint32_t *r = a->cpu.r, n = a->step[op->n], m = a->step[op->m];
    const uint32_t x = r[op->n], y = r[op->m] + op->value;
    a->target = NOWHERE;
    switch ((enum op_code)op->code) {
    case OP_NOP:
    case OP_UNLESS: /* the flags have been looked at */
    case OP_GO:
    case OP_GO_IF: return true;
    case OP_MOV: return result(a, op->d, m);
    case OP_MOVS:
        flags_drift(a, y, m, 0);
        return result(a, op->d, m);
    case OP_ADD:
    case OP_ADDS:
        if (n && m)
            return false;
        return m ? sums(a, op, op->m, x + op->value) : sums(a, op, op->n, y);
    case OP_SUB:
    case OP_SUBS: return !m && sums(a, op, op->n, -y);
    case OP_GO_ZERO:
    case OP_GO_NONZERO:
        flags_drift(a, x, n, 0);
        return true;
    case OP_GO_TO:
    case OP_GO_TABLE:
    case OP_BX: return !m;
    case OP_LDR: /* and the step of the word loaded */
        return !n && !m && result(a, op->d, 0);
    case OP_STR:
        a->storing = a->step[op->d];
        return !n && !m;
    default: return is_untouched(a, op);
    }
}

bool drift_after(struct ahead *a)
{
    if (a->target == NOWHERE)
        return !a->loaded;
    a->step[a->target] = a->target_step + a->loaded;
    return !a->loaded || (a->target != SP && a->target != LR);
}

/* What one round made of `start` is what the next rounds will do: the steps, for drift_before. */
static bool begin_drifting(struct ahead *drift, const struct ahead *start, const struct ahead *end)
{
    *drift = *start;
    drift->drifting = true;
    memset(drift->step, 0, sizeof drift->step);
    for (unsigned i = 0; i < PC; i++)
        drift->step[i] = end->cpu.r[i] - start->cpu.r[i];
    for (unsigned i = 0; i < end->stores; i++) {
        struct store store = end->store[i];
        store.step = store.now - store.before;
        store.now = store.before;
        drift->store[i] = store;
    }
    drift->stores = end->stores;
    return !drift->step[SP] && !drift->step[LR];
}

/* Every step is at the round's end what it was at its start. */
static bool keeps_drifting(const struct ahead *drift, const struct ahead *start,
                           const struct ahead *end)
{
    for (unsigned i = 0; i < PC; i++)
        if (drift->step[i] != end->cpu.r[i] - start->cpu.r[i])
            return false;
    for (unsigned i = 0; i < drift->stores; i++)
        if (drift->store[i].step != end->store[i].now - end->store[i].before)
            return false;
    return true;
}

/* All but what may drift: flags, masks and stacks. */
static bool keeps_state(const struct cpu *start, const struct cpu *end)
{
    return flags_of(start) == flags_of(end) && start->xpsr == end->xpsr &&
           start->primask == end->primask && start->basepri == end->basepri &&
           start->msp == end->msp && start->psp == end->psp;
}

static bool is_still(const struct ahead *start, const struct ahead *end)
{
    for (unsigned i = 0; i < end->stores; i++)
        if (end->store[i].now != end->store[i].before)
            return false;
    return memcmp(start->cpu.r, end->cpu.r, PC * sizeof *start->cpu.r) == 0;
}

/* The CPU as it is `rounds` later. */
static void move_on(struct core *core, const struct ahead *start, const struct ahead *end,
                    uint64_t rounds)
{
    static const uint8_t regs[] = {R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12};
    uint64_t values[SP];
    uint32_t times = (uint32_t)rounds;
    for (unsigned i = 0; i < SP; i++)
        values[i] = start->cpu.r[i] + times * (end->cpu.r[i] - start->cpu.r[i]);
    cpu_write_many(core, regs, values, SP);
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
    ahead_begin(&start, core, address);
    end = start;
    uint32_t length = ahead_round(&end, address, most);
    if (!length || !keeps_state(&start.cpu, &end.cpu))
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
