/*
 * Data registers whose words the core moves by itself (peripherals/base/stream.py): every access
 * that only takes a word from one queue to another, or switches interrupts on and off.
 */
#include "core.h"

static uint32_t *status_of(struct model *model, const struct port *port)
{
    return &model->values[port->status];
}

/* The interrupt line follows from status and enable bits. */
static void update_line(struct core *core, struct model *model, struct port *port)
{
    bool level = *status_of(model, port) & port->state[PORT_INTERRUPTS];
    if (level == bit_get(core->state.line, port->exception))
        return;
    line_tell(core, port->line, level);
    core_set_line(core, port->exception, level);
}

static void set_level(struct core *core, struct model *model, struct port *port, uint32_t level)
{
    port->state[PORT_LEVEL] = level;
    *status_of(model, port) = port->state[PORT_STATUS + level] | port->state[PORT_ERRORS];
    update_line(core, model, port);
}

/* A load of `word`. False: it is the model's. */
bool port_read(struct core *core, struct model *model, uint32_t word, unsigned width,
               uint32_t *value)
{
    struct port *port = model->port;
    uint32_t *state = port->state;
    if (word != port->data || !port->exception || !state[PORT_READABLE])
        return false;
    uint32_t level = state[PORT_LEVEL], taken = width != 1 && level >= 2 ? 2 : level != 0;
    *value = state[PORT_FIFO] & ((1u << 8 * taken) - 1);
    state[PORT_FIFO] >>= 8 * taken;
    state[PORT_ERRORS] &= ~port->overrun;
    set_level(core, model, port, level - taken);
    return true;
}

static bool exchange(struct core *core, struct port *port, uint32_t word, uint32_t *answer)
{
    uint32_t *stream = port->stream;
    if (stream[STREAM_NEXT] < stream[STREAM_END]) {
        bool last = stream[STREAM_NEXT] + 1 == stream[STREAM_END];
        if (last && stream[STREAM_MORE])
            return false;
        *answer = port->sent[stream[STREAM_NEXT]++];
        if (last)
            python_call(core, port->ended, NULL, 0, NULL);
        return true;
    }
    if (stream[STREAM_KEPT] < stream[STREAM_ROOM])
        port->received[stream[STREAM_KEPT]++] = (uint16_t)word;
    *answer = stream[STREAM_IDLE];
    return true;
}

/* A store to the start of `word`. False: it is the model's. */
bool port_write(struct core *core, struct model *model, uint32_t word, uint32_t value,
                unsigned width)
{
    struct port *port = model->port;
    uint32_t *state = port->state;
    if (width == 1 || !port->exception)
        return false;
    if (word == port->control) {
        uint32_t enables = 0, interrupts = 0;
        for (unsigned i = 0; i < PORT_CAUSES; i++) {
            enables |= port->causes[i].enable;
            if (value & port->causes[i].enable)
                interrupts |= port->causes[i].status;
        }
        if ((value & ~enables) != state[PORT_SETTINGS])
            return false;
        model->values[word] = value;
        state[PORT_INTERRUPTS] = interrupts;
        update_line(core, model, port);
        return true;
    }
    uint32_t level = state[PORT_LEVEL], answer;
    if (word != port->data || !port->stream || !state[PORT_OPEN] ||
        !exchange(core, port, value, &answer))
        return false;
    if (level <= 2) {
        state[PORT_FIFO] |= (answer & 0xFFFF) << 8 * level;
        level += 2;
    } else {
        state[PORT_ERRORS] |= port->overrun;
    }
    set_level(core, model, port, level);
    return true;
}
