#include "bus/pins.h"

static void drive_output(struct lines *lines, const struct edge_output *output, bool level)
{
    line_drive(lines, output->line, output->exception, level);
}

static void detect_edge(struct lines *lines, struct edges *edges, unsigned input, bool level)
{
    uint32_t bit = 1u << input, *values = edges->values;
    if (!(*edges->levels & bit) == !level)
        return;
    *edges->levels ^= bit;
    if (!(values[level ? edges->rising : edges->falling] & bit))
        return;
    values[edges->pending] |= bit;
    if (values[edges->mask] & bit)
        drive_output(lines, &edges->outputs[input], true);
}

static void set_pin(struct lines *lines, struct pins *pins, unsigned number, bool level)
{
    struct pin *pin = &pins->pin[number];
    uint32_t bit = 1u << number;
    if (!(pins->values[pins->levels] & bit) == !level)
        return;
    pins->values[pins->levels] ^= bit;
    host_set_level(lines->host, pin->line, level);
    if (pin->edges) {
        *pin->level = level;
        if (*pin->selected == pin->choice) {
            host_set_level(lines->host, pin->output, level);
            detect_edge(lines, pin->edges, number, level);
        }
    }
    if (pin->listener) {
        uint32_t arguments[] = {pin->listener_input, level};
        host_call(lines->host, pin->listener, arguments, 2, NULL);
    }
}

bool pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value)
{
    uint32_t before = pins->values[pins->data], now;
    if (word == pins->set_reset)
        now = ((before & ~(value >> 16)) | value) & 0xFFFF;
    else if (word == pins->reset)
        now = before & ~value;
    else
        return false;
    uint32_t changed = (now ^ before) & pins->state[PINS_OUTPUTS];
    if (changed & ~(pins->state[PINS_DRIVEN] & pins->served))
        return false;
    pins->values[pins->data] = now;
    for (unsigned i = 0; i < PINS; i++)
        if (changed >> i & 1)
            set_pin(lines, pins, i, now >> i & 1);
    return true;
}

bool edges_write(struct lines *lines, struct edges *edges, uint32_t word, uint32_t value)
{
    uint32_t cleared = value & edges->detected;
    if (word != edges->pending || cleared & ~edges->served)
        return false;
    edges->values[edges->pending] &= ~cleared;
    edges->values[edges->trigger] &= ~value;
    for (unsigned i = 0; i < PINS; i++)
        if (cleared >> i & 1)
            drive_output(lines, &edges->outputs[i], false);
    return true;
}

bool pins_drive(struct lines *lines, struct pins *pins, uint32_t number, bool level)
{
    if (!(pins->served >> number & 1))
        return false;
    set_pin(lines, pins, number, level);
    return true;
}
