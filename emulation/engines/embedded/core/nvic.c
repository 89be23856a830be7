/* Exceptions' priorities and states (B1.5), and the NVIC's registers (B3.4). */
#include "core.h"

/* PRIGROUP splits a priority into group and subpriority; only the group preempts (B1.5.4). */
int nvic_group_priority(const struct core *core, int priority)
{
    return priority < 0 ? priority : priority & ~((2 << core->state.prigroup) - 1) & 0xFF;
}

static bool next_set(uint32_t *word, unsigned base, unsigned *exception)
{
    if (!*word)
        return false;
    unsigned bit = 0;
#if defined(__GNUC__)
    bit = (unsigned)__builtin_ctz(*word);
#else
    while (!(*word >> bit & 1))
        bit++;
#endif
    *word &= *word - 1;
    *exception = base + bit;
    return true;
}

/* The most urgent pending and enabled exception; 0 without one. */
int nvic_best_pending(const struct core *core)
{
    const struct state *state = &core->state;
    int best = 0;
    for (unsigned i = 0; i < EXCEPTION_WORDS; i++) {
        uint32_t word = state->pending[i] & state->enabled[i];
        unsigned exception;
        while (next_set(&word, 32 * i, &exception))
            if (!best || state->priority[exception] < state->priority[best])
                best = (int)exception;
    }
    return best;
}

static int most_urgent_active(const struct core *core)
{
    int priority = PRIORITY_THREAD;
    for (unsigned i = 0; i < EXCEPTION_WORDS; i++) {
        uint32_t word = core->state.active[i];
        unsigned exception;
        while (next_set(&word, 32 * i, &exception)) {
            int group = nvic_group_priority(core, core->state.priority[exception]);
            if (group < priority)
                priority = group;
        }
    }
    return priority;
}

unsigned nvic_active_count(const struct core *core)
{
    unsigned count = 0;
    for (unsigned i = 0; i < EXCEPTION_WORDS; i++) {
        uint32_t word = core->state.active[i];
        unsigned exception;
        while (next_set(&word, 32 * i, &exception))
            count++;
    }
    return count;
}

/* To be called after any change of pending, enabled or active exceptions, or of priorities. */
void nvic_update(struct core *core)
{
    int best = nvic_best_pending(core);
    core->active_priority = most_urgent_active(core);
    core->preempting = PRIORITY_THREAD;
    if (best) {
        int group = nvic_group_priority(core, core->state.priority[best]);
        if (group < core->active_priority)
            core->preempting = group;
    }
    run_limit(core);
}

/* The priority at which the processor executes: active exceptions and the masks (B1.5.4). */
int nvic_execution_priority(struct core *core, bool with_primask)
{
    static const uint8_t masks[] = {PRIMASK, FAULTMASK, BASEPRI};
    uint64_t values[3];
    cpu_read_many(core, masks, values, 3);
    int priority = core->active_priority;
    if (values[2]) {
        int base = nvic_group_priority(core, (int)(values[2] & core->priority_mask));
        if (base && base < priority)
            priority = base;
    }
    if (with_primask && (values[0] & 1) && priority > 0)
        priority = 0;
    if ((values[1] & 1) && priority > PRIORITY_HARD_FAULT)
        priority = PRIORITY_HARD_FAULT;
    return priority;
}

bool nvic_can_take(struct core *core)
{
    if (core->preempting == PRIORITY_THREAD)
        return false;
    if (core->cpu.translating && cpu_is_unprivileged(core))
        return core->preempting < core->unprivileged_priority;
    return core->preempting < nvic_execution_priority(core, true);
}

/* Unicorn is about to execute: it will deny the masks, which unprivileged code doesn't change. If the
 * code gives up its privilege on the way, one exception too many is looked at, and not taken. */
void nvic_expect(struct core *core)
{
    core->unprivileged_priority =
        cpu_is_unprivileged(core) ? nvic_execution_priority(core, true) : PRIORITY_THREAD;
}

/* WFI ends when an exception would be taken if PRIMASK were clear (B1.5.19). */
bool nvic_wakes(struct core *core)
{
    return core->preempting < PRIORITY_THREAD &&
           core->preempting < nvic_execution_priority(core, false);
}

void nvic_pend(struct core *core, unsigned exception)
{
    struct state *state = &core->state;
    if (bit_get(state->pending, exception))
        return;
    bit_set(state->pending, exception);
    if (state->scr & SCR_SEVONPEND)
        state->event = 1;
    nvic_update(core);
}

void nvic_unpend(struct core *core, unsigned exception)
{
    bit_clear(core->state.pending, exception);
    /* A level that is still high is sampled anew at once. */
    if (bit_get(core->state.line, exception) && !bit_get(core->state.active, exception))
        bit_set(core->state.pending, exception);
    nvic_update(core);
}

void nvic_activate(struct core *core, unsigned exception)
{
    bit_clear(core->state.pending, exception);
    bit_set(core->state.active, exception);
    core->state.exception = exception;
    nvic_update(core);
}

void nvic_deactivate(struct core *core, unsigned exception)
{
    bit_clear(core->state.active, exception);
    if (bit_get(core->state.line, exception))
        bit_set(core->state.pending, exception);
    nvic_update(core);
}

/* An interrupt input (or NMI's, exception 2) changes its level. */
EXPORT void core_set_line(struct core *core, uint32_t exception, uint32_t level)
{
    bool was = bit_get(core->state.line, exception);
    bit_assign(core->state.line, exception, level);
    if (level && !was)
        nvic_pend(core, exception);
}

/* Make an interrupt pending, as software can. */
EXPORT void core_pend(struct core *core, uint32_t exception)
{
    nvic_pend(core, exception);
}

/* The implemented bits of a priority. */
EXPORT void core_set_priority_mask(struct core *core, uint32_t mask)
{
    core->priority_mask = (uint8_t)mask;
}

/* Register arrays of one bit per interrupt: `offset` is from the array's start. */
static uint32_t read_bits(const struct core *core, const uint32_t *bits, uint32_t offset)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 32; i++) {
        unsigned irq = 8 * (offset & ~3u) + i;
        if (irq < core->irq_count && bit_get(bits, FIRST_IRQ + irq))
            value |= 1u << i;
    }
    return value;
}

static void write_bits(struct core *core, uint32_t *bits, uint32_t offset, uint32_t ones, bool value)
{
    for (unsigned i = 0; i < 32; i++) {
        unsigned irq = 8 * (offset & ~3u) + i;
        if (!(ones >> i & 1) || irq >= core->irq_count)
            continue;
        bit_assign(bits, FIRST_IRQ + irq, value);
        if (bits == core->state.pending && !value)
            nvic_unpend(core, FIRST_IRQ + irq);
        if (bits == core->state.pending && value && (core->state.scr & SCR_SEVONPEND))
            core->state.event = 1;
    }
    nvic_update(core);
}

/* Offsets are from 0xE000E000. */
uint32_t nvic_read(struct core *core, uint32_t offset)
{
    struct state *state = &core->state;
    uint32_t within = offset & 0x7F;
    switch (offset & ~0x7Fu) {
    case 0x100: /* ISER */
    case 0x180: /* ICER */
        return read_bits(core, state->enabled, within);
    case 0x200: /* ISPR */
    case 0x280: /* ICPR */
        return read_bits(core, state->pending, within);
    case 0x300: /* IABR */
        return read_bits(core, state->active, within);
    default: /* IPR */
        if (offset >= 0x400 && offset < 0x400 + MAXIMUM_IRQS) {
            uint32_t value = 0;
            for (unsigned i = 0; i < 4; i++)
                value |= (uint32_t)(uint8_t)state->priority[FIRST_IRQ + offset - 0x400 + i] << 8 * i;
            return value;
        }
        return 0;
    }
}

void nvic_write(struct core *core, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct state *state = &core->state;
    uint32_t within = offset & 0x7F;
    value &= lanes;
    switch (offset & ~0x7Fu) {
    case 0x100:
        write_bits(core, state->enabled, within, value, true);
        break;
    case 0x180:
        write_bits(core, state->enabled, within, value, false);
        break;
    case 0x200:
        write_bits(core, state->pending, within, value, true);
        break;
    case 0x280:
        write_bits(core, state->pending, within, value, false);
        break;
    default:
        if (offset < 0x400 || offset >= 0x400 + MAXIMUM_IRQS)
            return;
        for (unsigned i = 0; i < 4; i++)
            if (lanes >> 8 * i & 0xFF && offset - 0x400 + i < core->irq_count)
                state->priority[FIRST_IRQ + offset - 0x400 + i] =
                    (int16_t)(value >> 8 * i & core->priority_mask);
        nvic_update(core);
    }
}
