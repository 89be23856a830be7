#include "pins/pin.h"

void edge_output_drive(struct lines *lines, const struct edge_output *output, bool level)
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
        edge_output_drive(lines, &edges->outputs[input], true);
}

void pin_set(struct lines *lines, struct pins *pins, unsigned number, bool level)
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
    if (pin->log)
        signal_log_note(pin->log, pin->source, level, level, 0);
}

bool pin_is_for_model(const struct pins *pins, unsigned number)
{
    const struct pin *pin = &pins->pin[number];
    const struct edges *edges = pin->edges;
    if (!edges || edges->served >> number & 1 || *pin->selected != pin->choice)
        return false;
    return (edges->values[edges->rising] | edges->values[edges->falling]) >> number & 1;
}
