#include "idle/idle.h"

#include "idle/shadow.h"

#include <string.h>

/* In cycles. */
enum {
    MAX_LOOP = 512, /* of an iteration that dry runs look at */
    MIN_WAIT = 256, /* between probes while they succeed ... */
    MAX_WAIT = 4096, /* ... and while they fail */
    MAX_COPIED_LOOP = 8192, /* of an iteration over which memory is compared */
    MIN_COPY_WAIT = 1024,
    MAX_COPY_WAIT = 32768,
};

static const uint8_t compared[] = {
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, SP, LR, XPSR,
    MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK,
};
static const uint8_t compared_fp[] = {
    FPSCR, D0, D0 + 1, D0 + 2, D0 + 3, D0 + 4, D0 + 5, D0 + 6, D0 + 7, D0 + 8, D0 + 9,
    D0 + 10, D0 + 11, D0 + 12, D0 + 13, D0 + 14, D15,
};
enum { COMPARED = COUNT_OF(compared), COMPARED_FP = COUNT_OF(compared_fp) };

_Static_assert(COMPARED + COMPARED_FP <= COUNT_OF(((struct idle *)0)->registers),
               "the registers compared fit");

static void read_registers(struct cpu *cpu, uint64_t *values, bool with_fp)
{
    cpu_read_many(cpu, compared, values, COMPARED);
    if (with_fp)
        cpu_read_many(cpu, compared_fp, values + COMPARED, COMPARED_FP);
}

static uint64_t twice(uint64_t wait, uint64_t max)
{
    return wait < max / 2 ? 2 * wait : max;
}

void idle_schedule(struct idle *idle, uint64_t wait)
{
    idle->schedule->probe = idle->enabled ? idle->schedule->shared.cycles + wait : NEVER;
}

static void stop_watching(struct idle *idle)
{
    idle->stage = IDLE_OFF;
    block_unwatch(idle->context.code);
}

void idle_cancel(struct idle *idle)
{
    if (idle->stage == IDLE_OFF)
        return;
    if (idle->stage != IDLE_LOOP) {
        idle->copy_wait = twice(idle->copy_wait, MAX_COPY_WAIT);
        idle->copy_next = idle->schedule->shared.cycles + idle->copy_wait;
    }
    stop_watching(idle);
    idle_schedule(idle, idle->wait);
}

void idle_restart(struct idle *idle)
{
    stop_watching(idle);
    idle->schedule->side_effects = false;
    idle->wait = MIN_WAIT;
    idle->copy_wait = MIN_COPY_WAIT;
    idle->copy_next = idle->schedule->shared.cycles + MIN_COPY_WAIT;
    idle_schedule(idle, MIN_WAIT);
}

static void begin_iteration(struct idle *idle, uint64_t max)
{
    struct schedule *schedule = idle->schedule;
    schedule->side_effects = false;
    idle->cycle = schedule->shared.cycles;
    idle->exceptions = schedule->shared.exceptions_taken;
    schedule->probe = idle->cycle + max;
}

static bool was_interrupted(const struct idle *idle)
{
    const struct schedule *schedule = idle->schedule;
    return schedule->side_effects || idle->exceptions != schedule->shared.exceptions_taken;
}

static void begin_comparing(struct idle *idle)
{
    idle->stage = IDLE_REGISTERS;
    begin_iteration(idle, MAX_COPIED_LOOP);
    read_registers(idle->context.cpu, idle->registers, false);
}

bool idle_probe(struct idle *idle)
{
    bool may_copy = idle->schedule->shared.cycles >= idle->copy_next;
    if (idle->stage != IDLE_OFF) {
        bool was_loop = idle->stage == IDLE_LOOP;
        idle_cancel(idle);
        if (!was_loop || !may_copy)
            return false;
        begin_comparing(idle);
    } else {
        idle->stage = IDLE_LOOP;
        begin_iteration(idle, MAX_LOOP);
    }
    return true;
}

/* Cycles that iterations may fill. */
static uint64_t room(const struct idle *idle)
{
    uint64_t bound = schedule_bound(idle->schedule), now = idle->schedule->shared.cycles;
    return bound > now ? bound - now : 0;
}

static void count_iterations(struct idle *idle, uint64_t length, uint64_t iterations)
{
    idle->schedule->shared.cycles += length * iterations;
    idle->schedule->shared.iterations_skipped += iterations;
    idle_restart(idle);
}

bool idle_skip(struct idle *idle, uint32_t address, uint32_t max)
{
    uint64_t iterations;
    uint32_t length = idle->enabled && !idle->host->steps
                          ? loop_skip(&idle->context, address, max, room(idle), &iterations)
                          : 0;
    if (length)
        count_iterations(idle, length, iterations);
    return length;
}

/* The watched block is entered again soon after. */
static void visit_loop(struct idle *idle)
{
    if (!was_interrupted(idle) && idle_skip(idle, idle->context.code->watched, MAX_LOOP))
        return;
    if (idle->schedule->shared.cycles >= idle->copy_next) {
        begin_comparing(idle);
    } else {
        idle->wait = twice(idle->wait, MAX_WAIT);
        idle_cancel(idle);
    }
}

void idle_visit(struct idle *idle)
{
    uint64_t registers[COMPARED + COMPARED_FP];
    bool copied = idle->stage == IDLE_MEMORY;
    struct cpu *cpu = idle->context.cpu;
    const struct memory_map *map = idle->context.code->map;

    if (idle->stage == IDLE_LOOP) {
        visit_loop(idle);
        return;
    }
    if (was_interrupted(idle)) {
        idle_cancel(idle);
        return;
    }
    read_registers(cpu, registers, copied);
    if (memcmp(registers, idle->registers,
               (COMPARED + (copied ? COMPARED_FP : 0)) * sizeof *registers) != 0) {
        idle_cancel(idle);
        return;
    }
    if (!copied) {
        read_registers(cpu, idle->registers, true);
        idle->stage = IDLE_MEMORY;
        begin_iteration(idle, MAX_COPIED_LOOP);
        if (!shadow_copy(map))
            idle_cancel(idle);
        return;
    }
    uint64_t length = idle->schedule->shared.cycles - idle->cycle;
    if (length && shadow_equals(map))
        count_iterations(idle, length, room(idle) / length);
    else
        idle_cancel(idle);
}
