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
    if (!pins->stale) {
        pins->next_stale = lines->stale;
        lines->stale = pins;
    }
    pins->stale |= bit;
    if (pin->edges) {
        *pin->level = level;
        if (*pin->selected == pin->choice)
            detect_edge(lines, pin->edges, number, level);
    }
    if (pin->listener) {
        uint32_t arguments[] = {pin->listener_input, level};
        host_call(lines->host, pin->listener, arguments, 2, NULL);
    }
}

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
        while (bit_next(&stale, 0, &number))
            flush_pin(lines, &pins->pin[number], levels >> number & 1);
    }
}

/* The pin's edges are detected and go on to what the core doesn't know. */
static bool is_for_model(const struct pins *pins, unsigned number)
{
    const struct pin *pin = &pins->pin[number];
    const struct edges *edges = pin->edges;
    if (!edges || edges->served >> number & 1 || *pin->selected != pin->choice)
        return false;
    return (edges->values[edges->rising] | edges->values[edges->falling]) >> number & 1;
}

bool pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value)
{
    uint32_t before = pins->values[pins->data], now;
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
        if (is_for_model(pins, number))
            return false;
    pins->values[pins->data] = now;
    while (bit_next(&changed, 0, &number))
        set_pin(lines, pins, number, now >> number & 1);
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
    if (!(pins->served >> number & 1) || is_for_model(pins, number))
        return false;
    set_pin(lines, pins, number, level);
    return true;
}
