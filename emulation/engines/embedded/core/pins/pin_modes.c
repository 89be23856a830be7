#include "pins/pin_modes.h"

enum { MODE_INPUT, MODE_OUTPUT, MODE_ALTERNATE, MODE_ANALOG };
enum { PULL_UP = 1 };

/* The pins whose two bits are `mode`. */
static uint32_t pins_in(uint32_t mode, uint32_t modes)
{
    uint32_t unlike = modes ^ mode * 0x55555555;
    uint32_t bits = ~(unlike | unlike >> 1) & 0x55555555;
    bits = (bits | bits >> 1) & 0x33333333;
    bits = (bits | bits >> 2) & 0x0F0F0F0F;
    bits = (bits | bits >> 4) & 0x00FF00FF;
    return (bits | bits >> 8) & 0xFFFF;
}

/* The levels of all pins in these modes. */
static uint32_t levels_in(const struct pins *pins, uint32_t modes)
{
    const uint32_t *values = pins->values, *state = pins->state;
    uint32_t outputs = pins_in(MODE_OUTPUT, modes);
    uint32_t alternate = pins_in(MODE_ALTERNATE, modes) & state[PINS_WIRED];
    uint32_t data = (outputs & values[pins->data]) | (alternate & state[PINS_FUNCTIONS]);
    uint32_t driven = (outputs | alternate) & ~(values[pins->open_drain] & data);
    uint32_t pulled = pins_in(PULL_UP, values[pins->pull]);
    uint32_t rest = (state[PINS_FORCED] & state[PINS_OUTSIDE]) | (~state[PINS_FORCED] & pulled);
    return (driven & data) | (~driven & ~pins_in(MODE_ANALOG, modes) & rest & 0xFFFF);
}

bool pin_modes_write(struct lines *lines, struct pins *pins, uint32_t modes)
{
    uint32_t *values = pins->values, *state = pins->state;
    uint32_t levels = levels_in(pins, modes), changed = levels ^ values[pins->levels], rest = changed;
    unsigned number;
    if (state[PINS_LOCKED] || changed & ~pins->served)
        return false;
    while (bit_next(&rest, 0, &number))
        if (pins->pin[number].listener || pin_is_for_model(pins, number))
            return false;
    values[pins->mode] = modes;
    state[PINS_OUTPUTS] = pins_in(MODE_OUTPUT, modes);
    state[PINS_DRIVEN] = state[PINS_OUTPUTS] & ~values[pins->open_drain];
    state[PINS_INPUTS] = pins_in(MODE_INPUT, modes);
    while (bit_next(&changed, 0, &number))
        pin_set(lines, pins, number, levels >> number & 1);
    return true;
}
