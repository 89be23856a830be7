#include "pins/masked_pins.h"

bool masked_pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value)
{
    const struct masked_data *data = &pins->masked;
    uint32_t *values = pins->values, *state = pins->state, mask = word;
    if (word >= data->words)
        return false;
    uint32_t latch = (state[PINS_LATCH] & ~mask) | (value & mask);
    uint32_t changed = (latch ^ state[PINS_LATCH]) & state[PINS_OUTPUTS];
    uint32_t levels = values[pins->levels] ^ changed, all = data->words - 1;
    uint32_t by_level = values[data->by_level], high = values[data->high];
    uint32_t edges = state[PINS_EDGES] |
                     (changed & ~by_level & (values[data->both] | ~(levels ^ high)) & all);
    uint32_t raw = ((edges & ~by_level) | (~(levels ^ high) & by_level)) & all;
    uint32_t masked = raw & values[data->enabled];
    if (changed & ~pins->served || !masked != !values[data->masked])
        return false;
    state[PINS_LATCH] = latch;
    state[PINS_EDGES] = edges;
    values[data->raw] = raw;
    values[data->masked] = masked;
    uint32_t rest = changed;
    unsigned number;
    while (bit_next(&rest, 0, &number))
        pin_set(lines, pins, number, latch >> number & 1);
    return true;
}

void masked_pins_flush(const struct pins *pins)
{
    uint32_t *values = pins->values, levels = values[pins->levels];
    for (uint32_t mask = 0; mask < pins->masked.words; mask++)
        values[mask] = levels & mask;
}
