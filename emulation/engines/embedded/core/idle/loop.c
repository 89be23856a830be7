#include "idle/loop.h"

#include "semantics/alu.h"

#include <string.h>

/* What one iteration made of `start` is what the next ones are expected to do: their strides. */
static bool begin_tracking(struct dry_run *tracked, const struct dry_run *start,
                           const struct dry_run *end)
{
    struct affine *affine = &tracked->affine;
    *tracked = *start;
    affine->tracking = true;
    memset(affine->strides, 0, sizeof affine->strides);
    for (unsigned i = 0; i < PC; i++)
        affine->strides[i] = end->registers.r[i] - start->registers.r[i];
    for (unsigned i = 0; i < end->stores; i++) {
        struct dry_store store = end->store[i];
        store.stride = store.now - store.before;
        store.now = store.before;
        tracked->store[i] = store;
    }
    tracked->stores = end->stores;
    return !affine->strides[SP] && !affine->strides[LR];
}

/* Every stride is at the iteration's end what it was at its start. */
static bool keeps_strides(const struct dry_run *tracked, const struct dry_run *start,
                          const struct dry_run *end)
{
    for (unsigned i = 0; i < PC; i++)
        if (tracked->affine.strides[i] != end->registers.r[i] - start->registers.r[i])
            return false;
    for (unsigned i = 0; i < tracked->stores; i++)
        if (tracked->store[i].stride != end->store[i].now - end->store[i].before)
            return false;
    return true;
}

/* All but what may have a stride: flags, masks and stacks. */
static bool keeps_state(const struct registers *start, const struct registers *end)
{
    return flags_of(start) == flags_of(end) && start->xpsr == end->xpsr &&
           start->primask == end->primask && start->basepri == end->basepri &&
           start->msp == end->msp && start->psp == end->psp;
}

/* The iteration changed nothing. */
static bool is_still(const struct dry_run *start, const struct dry_run *end)
{
    for (unsigned i = 0; i < end->stores; i++)
        if (end->store[i].now != end->store[i].before)
            return false;
    return memcmp(start->registers.r, end->registers.r, PC * sizeof *start->registers.r) == 0;
}

/* Change the CPU and memory as that many iterations do. */
static void move_on(struct cpu *cpu, const struct dry_run *start, const struct dry_run *end,
                    uint64_t iterations)
{
    static const uint8_t regs[] = {R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12};
    const uint32_t *from = start->registers.r, *to = end->registers.r;
    uint64_t values[COUNT_OF(regs)];
    uint32_t times = (uint32_t)iterations;
    for (unsigned i = 0; i < COUNT_OF(regs); i++)
        values[i] = from[i] + times * (to[i] - from[i]);
    cpu_write_many(cpu, regs, values, COUNT_OF(regs));
    for (unsigned i = 0; i < end->stores; i++) {
        const struct dry_store *store = &end->store[i];
        uint32_t word = store->before + times * (store->now - store->before);
        memcpy(store->bytes, &word, sizeof word);
    }
}

uint32_t loop_skip(const struct loop_context *context, uint32_t address, uint32_t max,
                   uint64_t cycles, uint64_t *iterations)
{
    struct dry_run start, end, tracked;
    start.code = context->code;
    start.bus = context->bus;
    start.nvic = context->nvic;
    dry_run_begin(&start, context->cpu, address);
    end = start;
    uint32_t length = dry_run_iteration(&end, address, max);
    if (!length || !keeps_state(&start.registers, &end.registers))
        return 0;
    *iterations = cycles / length;
    if (is_still(&start, &end))
        return length;
    if (!begin_tracking(&tracked, &start, &end))
        return 0;
    tracked.affine.iterations = *iterations;
    if (dry_run_iteration(&tracked, address, max) != length ||
        !keeps_strides(&tracked, &start, &end) || !tracked.affine.iterations)
        return 0;
    *iterations = tracked.affine.iterations;
    move_on(context->cpu, &start, &end, *iterations);
    return length;
}
