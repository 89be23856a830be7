#include "execute/execute.h"

#include "execute/fp.h"
#include "execute/load_store.h"
#include "semantics/alu.h"

enum {
    MAX_LOOP = 256, /* cycles of an iteration that idle/ looks at */
    MIN_WATCH = 32, /* cycles for which the CPU is expected at an address again */
    MIN_WAIT = 32, /* cycles after an iteration of a loop that isn't idle */
};

/* The search for an idle loop: is the CPU at the same address again soon? */
struct search {
    uint32_t address;
    uint64_t next; /* cycle at which to watch another */
    uint64_t watch, wait; /* how long next */
};

void execute_expect(struct executor *executor)
{
    executor->budget = executor->enabled ? MAX_BUDGET : 0;
}

bool execute_may_begin(struct executor *executor)
{
    const struct host *host = executor->host;
    const struct schedule *schedule = executor->schedule;
    if (!executor->budget || schedule->resumed_within || schedule->guarded || host->steps ||
        host->checks || host->look || !(executor->cpu->state.pc & 1) ||
        cpu_is_unprivileged(executor->cpu))
        return false;
    cpu_fetch(executor->cpu);
    return !executor->cpu->registers.it;
}

/* The block about to be entered is the one watched, or it is time to watch another. */
static void search_at(struct executor *executor, struct search *search, uint32_t address)
{
    struct schedule *schedule = executor->schedule;
    if (search->address != address) {
        search->address = address;
        search->next = schedule->shared.cycles + search->watch;
        search->watch = search->watch < MAX_LOOP ? 2 * search->watch : MIN_WATCH;
        schedule->side_effects = false;
        return;
    }
    search->wait *= 2;
    if (!schedule->side_effects && idle_skip(executor->idle, address, MAX_LOOP)) {
        execute_expect(executor);
        search->wait = MIN_WAIT;
        search->watch = MIN_WATCH;
    }
    search->address = NO_ADDRESS;
    search->next = schedule->shared.cycles + search->wait;
}

/* The block at `pc`, if it may be entered now, charged; else NULL and why. */
static const struct decoded_block *enter(struct executor *executor, uint32_t pc, enum halt *halt)
{
    struct schedule *schedule = executor->schedule;
    struct shared *shared = &schedule->shared;
    const struct decoded_block *block = decoded_at(executor->code, pc);
    *halt = HALT_LEAVE;
    if (UNLIKELY(!block || executor->budget < block->instructions))
        return NULL;
    uint64_t end = shared->cycles + block->instructions;
    if (UNLIKELY(end > shared->limit)) {
        *halt = nvic_obstacle(executor->nvic, end);
        if (*halt != HALT_NONE)
            return NULL;
        if (end > schedule->probe)
            idle_schedule(executor->idle, executor->idle->wait);
        schedule_update(schedule);
    }
    shared->cycles = end;
    shared->interpreted += block->instructions;
    executor->budget -= block->instructions;
    return block;
}

enum halt execute(struct executor *executor)
{
    struct cpu_state *state = &executor->cpu->state;
    struct registers *cpu = &executor->cpu->registers;
    struct search search = {NO_ADDRESS, 0, MIN_WATCH, MIN_WAIT};
    const uint64_t *cycles = &executor->schedule->shared.cycles;
    const struct decoded_block *block;
    const struct op *op;
    uint32_t *r = cpu->r, pc = state->pc, shifted = 0, value;
    enum halt halt;
    static const void *const labels[] = {
#define LABEL(name) &&DO_##name,
        OPS(LABEL)
#undef LABEL
    };
    idle_cancel(executor->idle);

#define D r[op->d]
#define X r[op->n]
#define Y (r[op->m] + op->value)
#define NEXT goto *labels[(++op)->code]
#define GO(target)                                                                                 \
    do {                                                                                           \
        pc = target;                                                                               \
        goto enter;                                                                                \
    } while (0)
#define EXCHANGE(target)                                                                           \
    do {                                                                                           \
        pc = target;                                                                               \
        goto exchange;                                                                             \
    } while (0)
#define CALL_SUPERVISOR(next)                                                                      \
    do {                                                                                           \
        state->pc = (next) | 1;                                                                    \
        executor->host->interrupt = EXCP_SWI;                                                      \
        return HALT_INTERRUPT;                                                                     \
    } while (0)
#define SLEEP(next)                                                                                \
    do {                                                                                           \
        state->pc = (next) | 1;                                                                    \
        return HALT_SLEEP;                                                                         \
    } while (0)
#define CONTEXT executor

enter:
    pc &= ~1u;
    if (UNLIKELY(pc == search.address || *cycles >= search.next))
        search_at(executor, &search, pc);
    block = enter(executor, pc, &halt);
    if (UNLIKELY(!block)) {
        state->pc = pc | 1;
        return halt;
    }
    op = block->ops;
    goto *labels[op->code];

#include "semantics/micro_ops.h"

exchange:
    if (pc < 0xF0000000)
        goto enter;
    state->pc = pc;
    executor->host->interrupt = EXCP_EXCEPTION_EXIT;
    return HALT_INTERRUPT;

leave:
    cpu->it = op->it;
    executor->code->current = block->block;
    state->pc = (block_address(block->block) + 2u * op->at) | 1;
    return HALT_LEAVE_WITHIN;
}
