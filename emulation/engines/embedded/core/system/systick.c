#include "system/systick.h"

#include <string.h>

enum {
    CONTROL_ENABLE = 1u << 0,
    CONTROL_TICKINT = 1u << 1,
    CONTROL_CLKSOURCE = 1u << 2,
    COUNTER_MASK = 0xFFFFFF,
};

/* The schedule knows the next cycle at which the guest notices SysTick without reading it. */
void systick_update(struct systick *tick)
{
    uint32_t both = CONTROL_ENABLE | CONTROL_TICKINT;
    tick->schedule->timer = (tick->state.control & both) == both ? tick->state.zero : NEVER;
}

void systick_reset(struct systick *tick)
{
    memset(&tick->state, 0, sizeof tick->state);
    tick->state.zero = NEVER;
    systick_update(tick);
}

/* Core cycles per count. */
static uint64_t step(const struct systick *tick)
{
    return tick->state.control & CONTROL_CLKSOURCE ? 1 : tick->divider;
}

/* Start counting down from `value`; 0 reloads first, and a reload of 0 stops the counter. */
static void start(struct systick *tick, uint32_t value)
{
    struct systick_state *state = &tick->state;
    if (value == 0 && state->load == 0)
        state->zero = NEVER;
    else
        state->zero =
            tick->schedule->shared.cycles + (value ? value : state->load + 1) * step(tick);
}

static uint32_t count(const struct systick *tick)
{
    const struct systick_state *state = &tick->state;
    if (!(state->control & CONTROL_ENABLE))
        return state->held;
    if (state->zero == NEVER)
        return 0;
    uint64_t left = (state->zero - tick->schedule->shared.cycles + step(tick) - 1) / step(tick);
    return left > state->load ? 0 : (uint32_t)left; /* above LOAD: at 0, about to reload */
}

void systick_sync(struct systick *tick)
{
    struct systick_state *state = &tick->state;
    uint64_t now = tick->schedule->shared.cycles;
    if (!(state->control & CONTROL_ENABLE) || now < state->zero)
        return;
    state->counted = 1;
    if (state->load == 0) {
        state->zero = NEVER;
    } else {
        uint64_t period = (state->load + 1) * step(tick);
        state->zero += ((now - state->zero) / period + 1) * period;
    }
    systick_update(tick);
    if (state->control & CONTROL_TICKINT)
        nvic_pend(tick->nvic, EXCEPTION_SYSTICK);
}

void systick_hold(struct systick *tick)
{
    systick_sync(tick);
    if (tick->state.control & CONTROL_ENABLE) {
        tick->state.held = count(tick);
        tick->state.zero = NEVER;
        systick_update(tick);
        schedule_update(tick->schedule);
    }
}

void systick_resume(struct systick *tick)
{
    if (tick->state.control & CONTROL_ENABLE) {
        start(tick, tick->state.held);
        systick_update(tick);
        schedule_update(tick->schedule);
    }
}

uint32_t systick_read(struct systick *tick, uint32_t offset)
{
    struct systick_state *state = &tick->state;
    systick_sync(tick);
    switch (offset) {
    case 0x0: { /* CSR */
        uint32_t value = state->control | state->counted << 16;
        state->counted = 0;
        return value;
    }
    case 0x4: return state->load; /* RVR */
    case 0x8: return count(tick); /* CVR */
    default: return tick->calibration; /* CALIB */
    }
}

void systick_write(struct systick *tick, uint32_t offset, uint32_t value)
{
    struct systick_state *state = &tick->state;
    systick_sync(tick);
    switch (offset) {
    case 0x0: { /* CSR */
        uint32_t now = count(tick);
        bool ran = state->control & CONTROL_ENABLE;
        bool same_clock = !((state->control ^ value) & CONTROL_CLKSOURCE);
        state->control = value & 7;
        if (!(value & CONTROL_ENABLE))
            state->held = now;
        else if (!ran || !same_clock)
            start(tick, now);
        break;
    }
    case 0x4: /* RVR */
        state->load = value & COUNTER_MASK;
        break;
    case 0x8: /* CVR: any write clears the counter, which reloads at the next tick of its clock */
        state->counted = 0;
        state->held = 0;
        if (state->control & CONTROL_ENABLE)
            start(tick, 0);
        break;
    default: return;
    }
    systick_update(tick);
    schedule_update(tick->schedule);
}
