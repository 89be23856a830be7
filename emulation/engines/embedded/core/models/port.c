#include "models/port.h"

/* The interrupt line follows from status and enable bits. */
static void update_line(struct lines *lines, struct port *port, const uint32_t *values)
{
    bool level = values[port->status] & port->state[PORT_INTERRUPTS];
    line_drive(lines, port->line, port->exception, level);
}

static void set_level(struct lines *lines, struct port *port, uint32_t *values, uint32_t level)
{
    port->state[PORT_LEVEL] = level;
    values[port->status] = port->state[PORT_STATUS + level] | port->state[PORT_ERRORS];
    update_line(lines, port, values);
}

bool port_read(struct lines *lines, struct port *port, uint32_t *values, uint32_t word,
               unsigned width, uint32_t *value)
{
    uint32_t *state = port->state;
    if (word != port->data || !port->exception || !state[PORT_READABLE])
        return false;
    uint32_t level = state[PORT_LEVEL], taken = width != 1 && level >= 2 ? 2 : level != 0;
    *value = state[PORT_FIFO] & ((1u << 8 * taken) - 1);
    state[PORT_FIFO] >>= 8 * taken;
    state[PORT_ERRORS] &= ~port->overrun;
    set_level(lines, port, values, level - taken);
    return true;
}

/* Give a word to the device and take its answer. False: the model does it. */
static bool exchange(struct lines *lines, struct port *port, uint32_t word, uint32_t *answer)
{
    uint32_t *stream = port->stream;
    if (stream[STREAM_NEXT] < stream[STREAM_END]) {
        bool last = stream[STREAM_NEXT] + 1 == stream[STREAM_END];
        if (last && stream[STREAM_MORE])
            return false;
        *answer = port->sent[stream[STREAM_NEXT]++];
        if (last)
            host_call(lines->host, port->ended, NULL, 0, NULL);
        return true;
    }
    if (stream[STREAM_KEPT] < stream[STREAM_ROOM])
        port->received[stream[STREAM_KEPT]++] = (uint16_t)word;
    *answer = stream[STREAM_IDLE];
    return true;
}

/* A store to the control register, if it changes interrupt enable bits only. */
static bool write_control(struct lines *lines, struct port *port, uint32_t *values, uint32_t value)
{
    uint32_t enables = 0, interrupts = 0;
    for (unsigned i = 0; i < PORT_CAUSES; i++) {
        enables |= port->causes[i].enable;
        if (value & port->causes[i].enable)
            interrupts |= port->causes[i].status;
    }
    if ((value & ~enables) != port->state[PORT_SETTINGS])
        return false;
    values[port->control] = value;
    port->state[PORT_INTERRUPTS] = interrupts;
    update_line(lines, port, values);
    return true;
}

bool port_write(struct lines *lines, struct port *port, uint32_t *values, uint32_t word,
                uint32_t value, unsigned width)
{
    uint32_t *state = port->state;
    if (!port->exception)
        return false;
    if (word == port->control)
        return width != 1 && write_control(lines, port, values, value);
    uint32_t level = state[PORT_LEVEL], frame = state[PORT_FRAME], answer = state[PORT_ANSWER];
    if (word != port->data || (width == 1) != (frame == 1))
        return false;
    bool streams = state[PORT_OPEN] == OPEN_TO_STREAM && port->stream;
    if (!(streams ? exchange(lines, port, value, &answer) : state[PORT_OPEN] == OPEN_TO_NOTHING))
        return false;
    if (streams && port->log)
        signal_log_note(port->log, port->source, (uint16_t)value, (uint16_t)answer, STREAM_BITS);
    if (level + frame < PORT_LEVELS) {
        state[PORT_FIFO] |= low_bytes(answer, frame) << 8 * level;
        level += frame;
    } else {
        state[PORT_ERRORS] |= port->overrun;
    }
    set_level(lines, port, values, level);
    return true;
}

bool queue_read(const struct queue *queue, uint32_t word, uint32_t *value)
{
    uint32_t *state = queue->state;
    if (word != queue->data || !(queue->values[queue->status] & queue->ready) ||
        state[QUEUE_NEXT] >= state[QUEUE_END])
        return false;
    *value = queue->words[state[QUEUE_NEXT]++];
    return true;
}

static void set_full(const struct word_port *port, bool full)
{
    port->state[WORD_FULL] = full;
    port->values[port->status] = port->state[WORD_STATUS + full];
}

bool word_port_write(const struct word_port *port, uint32_t word)
{
    const uint32_t *state = port->state;
    if (word != port->send || !state[WORD_OPEN] || state[WORD_FULL])
        return false;
    set_full(port, true);
    return true;
}

bool word_port_read(const struct word_port *port, uint32_t word, uint32_t *value)
{
    const uint32_t *state = port->state;
    if (word != port->receive || !state[WORD_OPEN] || !state[WORD_FULL])
        return false;
    *value = state[WORD_ANSWER];
    set_full(port, false);
    return true;
}
