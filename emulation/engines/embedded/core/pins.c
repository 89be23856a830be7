/*
 * Pins that the core moves by itself (peripherals/base/pins.py): from a port's registers or from the
 * outside to the pin's level, through a selector to an edge detector, and on to the interrupt.
 */
#include "core.h"

/* What a line object's `level` says. */
void line_tell(struct core *core, PyObject *line, bool level)
{
    core->python.setattr(line, core->level_name, level ? core->is_true : core->is_false);
}

static void set_interrupt(struct core *core, const struct edge_output *output, bool level)
{
    if (bit_get(core->state.line, output->exception) == level)
        return;
    line_tell(core, output->line, level);
    core_set_line(core, output->exception, level);
}

static void detect(struct core *core, struct edges *edges, unsigned input, bool level)
{
    uint32_t bit = 1u << input, *values = edges->values;
    if (!(*edges->levels & bit) == !level)
        return;
    *edges->levels ^= bit;
    if (!(values[level ? edges->rising : edges->falling] & bit))
        return;
    values[edges->pending] |= bit;
    if (values[edges->mask] & bit)
        set_interrupt(core, &edges->outputs[input], true);
}

static void show(struct core *core, struct pins *pins, unsigned number, bool level)
{
    struct pin *pin = &pins->pin[number];
    uint32_t bit = 1u << number;
    if (!(pins->values[pins->levels] & bit) == !level)
        return;
    pins->values[pins->levels] ^= bit;
    line_tell(core, pin->line, level);
    if (pin->edges) {
        *pin->level = level;
        if (*pin->selected == pin->choice) {
            line_tell(core, pin->output, level);
            detect(core, pin->edges, number, level);
        }
    }
    if (pin->listener) {
        uint32_t arguments[] = {pin->listener_input, level};
        python_call(core, pin->listener, arguments, 2, NULL);
    }
}

/* A store of a whole word. False: it is the model's. */
bool pins_write(struct core *core, const struct model *model, uint32_t word, uint32_t value)
{
    struct pins *pins = model->pins;
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
            show(core, pins, i, now >> i & 1);
    return true;
}

/* A store of a whole word that clears pending edges. False: it is the model's. */
bool edges_write(struct core *core, const struct model *model, uint32_t word, uint32_t value)
{
    struct edges *edges = model->edges;
    uint32_t cleared = value & edges->detected;
    if (word != edges->pending || cleared & ~edges->served)
        return false;
    edges->values[edges->pending] &= ~cleared;
    edges->values[edges->trigger] &= ~value;
    for (unsigned i = 0; i < PINS; i++)
        if (cleared >> i & 1)
            set_interrupt(core, &edges->outputs[i], false);
    return true;
}

/* The outside drives an input pin. False: it is the model's. */
EXPORT bool core_drive_pin(struct core *core, struct pins *pins, uint32_t number, uint32_t level)
{
    if (!(pins->served >> number & 1))
        return false;
    show(core, pins, number, level);
    return true;
}
