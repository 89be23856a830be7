#include "system/nvic.h"

#include <string.h>

void nvic_reset(struct nvic *nvic)
{
    struct nvic_state *state = &nvic->state;
    uint32_t lines[EXCEPTION_WORDS];
    memcpy(lines, state->line, sizeof lines);
    memset(state, 0, sizeof *state);
    /* The interrupt inputs belong to the peripherals; a level that is high pends again. */
    memcpy(state->line, lines, sizeof lines);
    memcpy(state->pending, lines, sizeof lines);
    /* Exceptions without an enable bit are always enabled. */
    state->enabled[0] = 0xFFFF & ~(1u << EXCEPTION_MEM_MANAGE | 1u << EXCEPTION_BUS_FAULT |
                                   1u << EXCEPTION_USAGE_FAULT);
    state->priority[EXCEPTION_NMI] = PRIORITY_NMI;
    state->priority[EXCEPTION_HARD_FAULT] = PRIORITY_HARD_FAULT;
}

bool nvic_has(const struct nvic *nvic, unsigned exception)
{
    const uint32_t reserved = 1u << 0 | 1u << 1 | 0xFu << 7 | 1u << 13;
    return exception < FIRST_IRQ ? !(reserved >> exception & 1)
                                 : exception < FIRST_IRQ + nvic->irq_count;
}

int nvic_group_priority(const struct nvic *nvic, int priority)
{
    return priority < 0 ? priority : priority & ~((2 << nvic->scb->prigroup) - 1) & 0xFF;
}

unsigned nvic_best_pending(const struct nvic *nvic)
{
    const struct nvic_state *state = &nvic->state;
    unsigned best = 0;
    for (unsigned i = 0; i < nvic->words; i++) {
        uint32_t word = state->pending[i] & state->enabled[i];
        unsigned exception;
        while (bit_next(&word, 32 * i, &exception))
            if (!best || state->priority[exception] < state->priority[best])
                best = exception;
    }
    return best;
}

static int most_urgent_active(const struct nvic *nvic)
{
    int priority = PRIORITY_THREAD;
    for (unsigned i = 0; i < nvic->words; i++) {
        uint32_t word = nvic->state.active[i];
        unsigned exception;
        while (bit_next(&word, 32 * i, &exception)) {
            int group = nvic_group_priority(nvic, nvic->state.priority[exception]);
            if (group < priority)
                priority = group;
        }
    }
    return priority;
}

unsigned nvic_active_count(const struct nvic *nvic)
{
    unsigned count = 0;
    for (unsigned i = 0; i < nvic->words; i++)
        count += bit_count(nvic->state.active[i]);
    return count;
}

void nvic_update(struct nvic *nvic)
{
    unsigned best = nvic_best_pending(nvic);
    nvic->active = most_urgent_active(nvic);
    nvic->preempting = PRIORITY_THREAD;
    if (best) {
        int group = nvic_group_priority(nvic, nvic->state.priority[best]);
        if (group < nvic->active)
            nvic->preempting = group;
    }
    nvic->schedule->preemption = nvic->preempting < PRIORITY_THREAD;
    nvic->schedule->held = false;
    schedule_update(nvic->schedule);
}

int nvic_execution_priority(struct nvic *nvic, bool with_primask)
{
    static const uint8_t masks[] = {PRIMASK, FAULTMASK, BASEPRI};
    const struct registers *registers = &nvic->cpu->registers;
    uint64_t values[3];
    if (nvic->cpu->known && !nvic->cpu->translating) {
        values[0] = registers->primask;
        values[1] = registers->faultmask;
        values[2] = registers->basepri;
    } else {
        cpu_read_many(nvic->cpu, masks, values, 3);
    }
    int priority = nvic->active;
    int base = (int)(values[2] & registers->priority_mask);
    if (base) { /* its group priority may be 0, which is masked then, too (B1.5.4) */
        base = nvic_group_priority(nvic, base);
        priority = base < priority ? base : priority;
    }
    if (with_primask && (values[0] & 1) && priority > 0)
        priority = 0;
    if ((values[1] & 1) && priority > PRIORITY_HARD_FAULT)
        priority = PRIORITY_HARD_FAULT;
    return priority;
}

bool nvic_is_urgent(const struct nvic *nvic)
{
    struct cpu *cpu = nvic->cpu;
    bool here = cpu->known && !cpu->translating;
    return nvic->active < 0 || (here ? cpu->registers.faultmask : cpu_read(cpu, FAULTMASK)) & 1;
}

bool nvic_can_take(struct nvic *nvic)
{
    if (nvic->preempting == PRIORITY_THREAD)
        return false;
    if (nvic->cpu->translating && cpu_is_unprivileged(nvic->cpu))
        return nvic->preempting < nvic->unprivileged;
    return nvic->preempting < nvic_execution_priority(nvic, true);
}

/* While unprivileged code executes, Unicorn denies the masks, which such code doesn't change. If it
 * becomes privileged on the way, one exception too many is looked at, and not taken. */
void nvic_before_unicorn(struct nvic *nvic)
{
    nvic->unprivileged =
        cpu_is_unprivileged(nvic->cpu) ? nvic_execution_priority(nvic, true) : PRIORITY_THREAD;
}

bool nvic_wakes(struct nvic *nvic)
{
    return nvic->preempting < PRIORITY_THREAD &&
           nvic->preempting < nvic_execution_priority(nvic, false);
}

enum halt nvic_obstacle(struct nvic *nvic, uint64_t end)
{
    struct schedule *schedule = nvic->schedule;
    if (nvic_can_take(nvic))
        return HALT_EXCEPTION;
    schedule->held = schedule->preemption;
    if (schedule_is_interrupted(schedule) || schedule_is_paused(schedule) ||
        end > schedule_next_event(schedule))
        return HALT_LIMIT;
    return HALT_NONE;
}

void nvic_pend(struct nvic *nvic, unsigned exception)
{
    if (bit_get(nvic->state.pending, exception))
        return;
    bit_set(nvic->state.pending, exception);
    if (nvic->scb->scr & SCR_SEVONPEND)
        nvic->cpu->state.event = 1;
    nvic_update(nvic);
}

void nvic_unpend(struct nvic *nvic, unsigned exception)
{
    bit_clear(nvic->state.pending, exception);
    /* A level that is still high is sampled anew at once. */
    if (bit_get(nvic->state.line, exception) && !bit_get(nvic->state.active, exception))
        bit_set(nvic->state.pending, exception);
    nvic_update(nvic);
}

/* The DWT's ranges have one more while the monitor steps and isn't executed. */
static void follow_monitor(struct nvic *nvic, unsigned exception)
{
    if (exception == EXCEPTION_DEBUG_MONITOR && nvic->scb->demcr & DEMCR_MON_STEP)
        schedule_request(nvic->schedule, REQUEST_WATCHPOINTS);
}

void nvic_activate(struct nvic *nvic, unsigned exception)
{
    bit_clear(nvic->state.pending, exception);
    bit_set(nvic->state.active, exception);
    nvic->cpu->state.exception = exception;
    nvic_update(nvic);
    follow_monitor(nvic, exception);
}

void nvic_deactivate(struct nvic *nvic, unsigned exception)
{
    bit_clear(nvic->state.active, exception);
    if (bit_get(nvic->state.line, exception))
        bit_set(nvic->state.pending, exception);
    nvic_update(nvic);
    follow_monitor(nvic, exception);
}

void nvic_set_line(struct nvic *nvic, unsigned exception, bool level)
{
    bool was = bit_get(nvic->state.line, exception);
    bit_assign(nvic->state.line, exception, level);
    if (level && !was)
        nvic_pend(nvic, exception);
}

/* Register arrays of one bit per interrupt: `offset` is from the array's start. */
static uint32_t read_bits(const struct nvic *nvic, const uint32_t *bits, uint32_t offset)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 32; i++) {
        unsigned irq = 8 * (offset & ~3u) + i;
        if (irq < nvic->irq_count && bit_get(bits, FIRST_IRQ + irq))
            value |= 1u << i;
    }
    return value;
}

static void write_bits(struct nvic *nvic, uint32_t *bits, uint32_t offset, uint32_t ones, bool value)
{
    for (unsigned i = 0; i < 32; i++) {
        unsigned irq = 8 * (offset & ~3u) + i;
        if (!(ones >> i & 1) || irq >= nvic->irq_count)
            continue;
        bit_assign(bits, FIRST_IRQ + irq, value);
        if (bits == nvic->state.pending && !value)
            nvic_unpend(nvic, FIRST_IRQ + irq);
        if (bits == nvic->state.pending && value && (nvic->scb->scr & SCR_SEVONPEND))
            nvic->cpu->state.event = 1;
    }
    nvic_update(nvic);
}

uint32_t nvic_read_priorities(const struct nvic *nvic, unsigned exception)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (uint32_t)(uint8_t)nvic->state.priority[exception + i] << 8 * i;
    return value;
}

/* The exceptions with a configurable priority, B1.5.4. */
static bool has_priority(const struct nvic *nvic, unsigned exception)
{
    const uint32_t system = 1u << EXCEPTION_MEM_MANAGE | 1u << EXCEPTION_BUS_FAULT |
                            1u << EXCEPTION_USAGE_FAULT | 1u << EXCEPTION_SVC |
                            1u << EXCEPTION_DEBUG_MONITOR | 1u << EXCEPTION_PENDSV |
                            1u << EXCEPTION_SYSTICK;
    return exception < FIRST_IRQ ? system >> exception & 1 : nvic_has(nvic, exception);
}

void nvic_write_priorities(struct nvic *nvic, unsigned exception, uint32_t value, uint32_t lanes)
{
    for (unsigned i = 0; i < 4; i++)
        if (lanes >> 8 * i & 0xFF && has_priority(nvic, exception + i))
            nvic->state.priority[exception + i] = (int16_t)(value >> 8 * i & nvic->cpu->registers.priority_mask);
    nvic_update(nvic);
}

uint32_t nvic_read(const struct nvic *nvic, uint32_t offset)
{
    const struct nvic_state *state = &nvic->state;
    uint32_t within = offset & 0x7F;
    switch (offset & ~0x7Fu) {
    case 0x100: /* ISER */
    case 0x180: /* ICER */
        return read_bits(nvic, state->enabled, within);
    case 0x200: /* ISPR */
    case 0x280: /* ICPR */
        return read_bits(nvic, state->pending, within);
    case 0x300: /* IABR */
        return read_bits(nvic, state->active, within);
    default: /* IPR */
        return offset >= 0x400 && offset < 0x400 + MAX_IRQS
                   ? nvic_read_priorities(nvic, FIRST_IRQ + offset - 0x400)
                   : 0;
    }
}

void nvic_write(struct nvic *nvic, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct nvic_state *state = &nvic->state;
    uint32_t within = offset & 0x7F, ones = value & lanes;
    switch (offset & ~0x7Fu) {
    case 0x100: write_bits(nvic, state->enabled, within, ones, true); break;
    case 0x180: write_bits(nvic, state->enabled, within, ones, false); break;
    case 0x200: write_bits(nvic, state->pending, within, ones, true); break;
    case 0x280: write_bits(nvic, state->pending, within, ones, false); break;
    default:
        if (offset >= 0x400 && offset < 0x400 + MAX_IRQS)
            nvic_write_priorities(nvic, FIRST_IRQ + offset - 0x400, value, lanes);
    }
}
