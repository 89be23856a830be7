#include "pins/pins.h"

static void flush_pin(struct lines *lines, const struct pin *pin, bool level)
{
    host_set_level(lines->host, pin->line, level);
    if (pin->edges && *pin->selected == pin->choice)
        host_set_level(lines->host, pin->output, level);
    if (pin->follower)
        host_set_state(lines->host, pin->follower, level != pin->inverted);
}

void pins_flush(struct lines *lines)
{
    while (lines->stale) {
        struct pins *pins = lines->stale;
        uint32_t stale = pins->stale, levels = pins->values[pins->levels];
        unsigned number;
        lines->stale = pins->next_stale;
        pins->stale = 0;
        masked_pins_flush(pins);
        while (bit_next(&stale, 0, &number))
            flush_pin(lines, &pins->pin[number], levels >> number & 1);
    }
}

bool pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value)
{
    uint32_t before = pins->values[pins->data], now;
    if (pins->masked.words)
        return masked_pins_write(lines, pins, word, value);
    if (pins->has_modes && word == pins->mode)
        return pin_modes_write(lines, pins, value);
    if (word == pins->set_reset)
        now = ((before & ~(value >> 16)) | value) & 0xFFFF;
    else if (word == pins->reset)
        now = before & ~value;
    else if (word == pins->data)
        now = value & 0xFFFF;
    else
        return false;
    uint32_t changed = (now ^ before) & pins->state[PINS_OUTPUTS];
    if (changed & ~(pins->state[PINS_DRIVEN] & pins->served))
        return false;
    uint32_t rest = changed;
    unsigned number;
    while (bit_next(&rest, 0, &number))
        if (pin_is_for_model(pins, number))
            return false;
    pins->values[pins->data] = now;
    while (bit_next(&changed, 0, &number))
        pin_set(lines, pins, number, now >> number & 1);
    return true;
}

/* A software edge: only a bit that wasn't set counts, of an input that isn't masked. */
static bool trigger_edges(struct lines *lines, struct edges *edges, uint32_t value)
{
    uint32_t *values = edges->values, begun;
    value &= edges->detected;
    begun = value & ~values[edges->trigger] & values[edges->mask];
    if (begun & ~edges->served)
        return false;
    values[edges->trigger] = value;
    values[edges->pending] |= begun;
    unsigned number;
    while (bit_next(&begun, 0, &number))
        edge_output_drive(lines, &edges->outputs[number], true);
    return true;
}

bool edges_write(struct lines *lines, struct edges *edges, uint32_t word, uint32_t value)
{
    uint32_t cleared = value & edges->detected;
    if (word == edges->trigger)
        return trigger_edges(lines, edges, value);
    if (word != edges->pending || cleared & ~edges->served)
        return false;
    edges->values[edges->pending] &= ~cleared;
    edges->values[edges->trigger] &= ~value;
    for (unsigned i = 0; i < PINS; i++)
        if (cleared >> i & 1)
            edge_output_drive(lines, &edges->outputs[i], false);
    return true;
}

bool pins_drive(struct lines *lines, struct pins *pins, uint32_t number, bool level)
{
    if (!(pins->served >> number & 1) || pin_is_for_model(pins, number))
        return false;
    pin_set(lines, pins, number, level);
    return true;
}
