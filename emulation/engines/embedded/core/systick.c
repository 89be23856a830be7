/*
 * SysTick (B3.3). The counter isn't counted: it follows from the cycle at which it next reaches 0.
 * Offsets are from 0xE000E010.
 */
#include "core.h"

enum {
    CONTROL_ENABLE = 1u << 0,
    CONTROL_TICKINT = 1u << 1,
    CONTROL_CLKSOURCE = 1u << 2,
    COUNTER_MASK = 0xFFFFFF,
};

/* Core cycles per count. */
static uint64_t step(const struct core *core)
{
    return core->state.systick.control & CONTROL_CLKSOURCE ? 1 : core->systick_divider;
}

/* Start counting down from `value`; 0 reloads first, and a reload of 0 stops the counter. */
static void start(struct core *core, uint32_t value)
{
    struct systick *tick = &core->state.systick;
    if (value == 0 && tick->load == 0)
        tick->zero = NEVER;
    else
        tick->zero = core->shared.cycles + (value ? value : tick->load + 1) * step(core);
}

static uint32_t count(const struct core *core)
{
    const struct systick *tick = &core->state.systick;
    if (!(tick->control & CONTROL_ENABLE))
        return tick->held;
    if (tick->zero == NEVER)
        return 0;
    uint64_t left = (tick->zero - core->shared.cycles + step(core) - 1) / step(core);
    return left > tick->load ? 0 : (uint32_t)left; /* above LOAD: at 0, about to reload */
}

/* Catch up with the cycle counter: set COUNTFLAG and pend the exception for zeros passed. */
void systick_sync(struct core *core)
{
    struct systick *tick = &core->state.systick;
    if (!(tick->control & CONTROL_ENABLE) || core->shared.cycles < tick->zero)
        return;
    tick->counted = 1;
    if (tick->load == 0) {
        tick->zero = NEVER;
    } else {
        uint64_t period = (tick->load + 1) * step(core);
        tick->zero += ((core->shared.cycles - tick->zero) / period + 1) * period;
    }
    if (tick->control & CONTROL_TICKINT)
        nvic_pend(core, EXCEPTION_SYSTICK);
}

/* The next cycle at which SysTick does something that the guest notices without looking. */
uint64_t systick_next_event(const struct core *core)
{
    const struct systick *tick = &core->state.systick;
    uint32_t both = CONTROL_ENABLE | CONTROL_TICKINT;
    return (tick->control & both) == both ? tick->zero : NEVER;
}

uint32_t systick_read(struct core *core, uint32_t offset)
{
    struct systick *tick = &core->state.systick;
    systick_sync(core);
    switch (offset) {
    case 0x0: {
        uint32_t value = tick->control | tick->counted << 16;
        tick->counted = 0;
        return value;
    }
    case 0x4:
        return tick->load;
    case 0x8:
        return count(core);
    default:
        return core->systick_calibration;
    }
}

void systick_write(struct core *core, uint32_t offset, uint32_t value)
{
    struct systick *tick = &core->state.systick;
    systick_sync(core);
    switch (offset) {
    case 0x0: {
        uint32_t now = count(core);
        bool ran = tick->control & CONTROL_ENABLE;
        bool same_clock = !((tick->control ^ value) & CONTROL_CLKSOURCE);
        tick->control = value & 7;
        if (!(value & CONTROL_ENABLE))
            tick->held = now;
        else if (!ran || !same_clock)
            start(core, now);
        break;
    }
    case 0x4:
        tick->load = value & COUNTER_MASK;
        break;
    case 0x8: /* any write clears the counter, which reloads at the next tick of its clock */
        tick->counted = 0;
        tick->held = 0;
        if (tick->control & CONTROL_ENABLE)
            start(core, 0);
        break;
    default:
        return;
    }
    run_limit(core);
}
