/*
 * Loops that wait for an event, executed once and then counted.
 *
 * Firmware waits by spinning: an idle task, a delay until the tick counter moves, a poll of a status
 * register. If the core is at the same block a second time, with the same registers and the same
 * memory, and has in between neither written to a device nor read from one anything but a plain
 * register, then it will go round in the same way until the next event. As many whole rounds as fit
 * before that are added to the cycle counter at once. The guest ends in the very state in which
 * executing them would have left it, so this shows in nothing but speed.
 *
 * A probe marks the block being entered. If the CPU is there again soon, drift.c is asked whether
 * the round just made will be made again, and goes on to loops that count. Of some loops it cannot
 * tell; now and then, for those, the registers are looked at. Only if they are the same at the next
 * visit of the block is memory copied, and only if they and memory are the same at the visit after
 * that do rounds count.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_LOOP = 512, /* cycles of a round that is foreseen */
    SHORTEST_WAIT = 256, /* cycles between probes while they succeed ... */
    LONGEST_WAIT = 4096, /* ... and while they fail */
    LONGEST_ROUND = 8192, /* cycles of a round that is copied */
    SHORTEST_COPY_WAIT = 1024,
    LONGEST_COPY_WAIT = 32768,
};

static const uint8_t compared[] = {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, SP, LR, XPSR,
    MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK,
};
static const uint8_t compared_fp[] = {
    FPSCR, D0, D0 + 1, D0 + 2, D0 + 3, D0 + 4, D0 + 5, D0 + 6, D0 + 7, D0 + 8, D0 + 9,
    D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
};
enum { COMPARED = sizeof compared, COMPARED_FP = sizeof compared_fp };

_Static_assert(COMPARED + COMPARED_FP <= sizeof((struct repeat *)0)->registers / sizeof(uint64_t),
               "the registers of a round fit");

static void read_registers(struct core *core, uint64_t *values, bool with_fp)
{
    cpu_read_many(core, compared, values, COMPARED);
    if (with_fp)
        cpu_read_many(core, compared_fp, values + COMPARED, COMPARED_FP);
}

/* Only pages that the CPU writes can differ: Unicorn asks before it writes to a page. */
static bool may_change(const struct memory *memory, uint32_t page)
{
    return (memory->pages[page] & (PAGE_WRITTEN | PAGE_TRAPPED)) == PAGE_WRITTEN;
}

static bool copy_memories(struct core *core)
{
    for (struct memory *memory = core->memories; memory; memory = memory->next) {
        if (!memory->shadow)
            memory->shadow = malloc(memory->size);
        if (!memory->shadow)
            return false;
        for (uint32_t page = 0; page < memory->size >> PAGE_BITS; page++) {
            uint32_t offset = page << PAGE_BITS;
            if (may_change(memory, page))
                memcpy(memory->shadow + offset, memory->bytes + offset, PAGE_SIZE);
        }
    }
    return true;
}

static bool memories_are_copies(const struct core *core)
{
    for (const struct memory *memory = core->memories; memory; memory = memory->next)
        for (uint32_t page = 0; page < memory->size >> PAGE_BITS; page++) {
            uint32_t offset = page << PAGE_BITS;
            if (may_change(memory, page) &&
                memcmp(memory->shadow + offset, memory->bytes + offset, PAGE_SIZE) != 0)
                return false;
        }
    return true;
}

void repeat_schedule(struct core *core, uint64_t wait)
{
    core->repeat.next = core->repeat.enabled ? core->shared.cycles + wait : NEVER;
}

static void stop_watching(struct core *core)
{
    core->repeat.stage = REPEAT_IDLE;
    block_unwatch(core);
}

/* Give up the attempt under way. */
void repeat_cancel(struct core *core)
{
    struct repeat *repeat = &core->repeat;
    if (repeat->stage == REPEAT_IDLE)
        return;
    if (repeat->stage != REPEAT_LOOP) {
        repeat->copy_wait =
            repeat->copy_wait < LONGEST_COPY_WAIT / 2 ? 2 * repeat->copy_wait : LONGEST_COPY_WAIT;
        repeat->copy_next = core->shared.cycles + repeat->copy_wait;
    }
    stop_watching(core);
    repeat_schedule(core, repeat->wait);
}

void repeat_restart(struct core *core)
{
    struct repeat *repeat = &core->repeat;
    stop_watching(core);
    repeat->impure = false;
    repeat->wait = SHORTEST_WAIT;
    repeat->copy_wait = SHORTEST_COPY_WAIT;
    repeat->copy_next = core->shared.cycles + SHORTEST_COPY_WAIT;
    repeat_schedule(core, SHORTEST_WAIT);
}

static void begin_round(struct core *core, uint64_t longest)
{
    struct repeat *repeat = &core->repeat;
    repeat->impure = false;
    repeat->cycle = core->shared.cycles;
    repeat->exceptions = core->shared.exceptions_taken;
    repeat->next = repeat->cycle + longest;
}

static void begin_copying(struct core *core)
{
    core->repeat.stage = REPEAT_REGISTERS;
    begin_round(core, LONGEST_ROUND);
    read_registers(core, core->repeat.registers, false);
}

/* The probe is due, or the watched block wasn't reached in time. True: watch this block. */
bool repeat_probe(struct core *core, uint32_t address)
{
    struct repeat *repeat = &core->repeat;
    bool may_copy = core->shared.cycles >= repeat->copy_next;
    if (repeat->stage != REPEAT_IDLE) {
        bool was_loop = repeat->stage == REPEAT_LOOP;
        repeat_cancel(core);
        if (!was_loop || !may_copy)
            return false;
        begin_copying(core);
    } else {
        repeat->stage = REPEAT_LOOP;
        begin_round(core, LONGEST_LOOP);
    }
    repeat->watched = address;
    return true;
}

/* Cycles up to which rounds may be counted. */
static uint64_t room(const struct core *core)
{
    uint64_t bound = run_bound(core), now = core->shared.cycles;
    return bound > now ? bound - now : 0;
}

static void skip(struct core *core, uint64_t length, uint64_t rounds)
{
    core->shared.cycles += length * rounds;
    core->shared.rounds_skipped += rounds;
    repeat_restart(core);
}

/* Skip rounds of the loop at whose start the CPU is, of up to `longest` instructions each. False: it
 * isn't known to be one. */
bool repeat_skip(struct core *core, uint32_t address, uint32_t longest)
{
    uint64_t rounds;
    uint32_t length = core->repeat.enabled && !core->breakpoints
                          ? drift_skip(core, address, longest, room(core), &rounds)
                          : 0;
    if (length)
        skip(core, length, rounds);
    return length;
}

/* The watched block is entered again soon after. */
static void foresee(struct core *core)
{
    struct repeat *repeat = &core->repeat;
    if (!repeat->impure && repeat->exceptions == core->shared.exceptions_taken &&
        repeat_skip(core, repeat->watched, LONGEST_LOOP))
        return;
    if (core->shared.cycles >= repeat->copy_next) {
        begin_copying(core);
    } else {
        repeat->wait = repeat->wait < LONGEST_WAIT / 2 ? 2 * repeat->wait : LONGEST_WAIT;
        repeat_cancel(core);
    }
}

/* The watched block is entered again. */
void repeat_visit(struct core *core)
{
    struct repeat *repeat = &core->repeat;
    uint64_t registers[COMPARED + COMPARED_FP];
    bool copied = repeat->stage == REPEAT_MEMORY;

    if (repeat->stage == REPEAT_LOOP) {
        foresee(core);
        return;
    }
    if (repeat->impure || repeat->exceptions != core->shared.exceptions_taken) {
        repeat_cancel(core);
        return;
    }
    read_registers(core, registers, copied);
    if (memcmp(registers, repeat->registers,
               (COMPARED + (copied ? COMPARED_FP : 0)) * sizeof *registers) != 0) {
        repeat_cancel(core);
        return;
    }
    if (!copied) {
        read_registers(core, repeat->registers, true);
        repeat->stage = REPEAT_MEMORY;
        begin_round(core, LONGEST_ROUND);
        if (!copy_memories(core))
            repeat_cancel(core);
        return;
    }
    uint64_t length = core->shared.cycles - repeat->cycle;
    if (length && memories_are_copies(core))
        skip(core, length, room(core) / length);
    else
        repeat_cancel(core);
}

EXPORT void core_skip_rounds(struct core *core, uint32_t enabled)
{
    core->repeat.enabled = enabled;
    repeat_restart(core);
    run_limit(core);
}
