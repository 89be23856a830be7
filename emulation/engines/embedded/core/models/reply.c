#include "models/reply.h"

bool reply_waits(const struct reply *reply, struct moment *due)
{
    const uint32_t *state = reply->state;
    if (!state[REPLY_WAITING])
        return false;
    *due = (struct moment){moment_get(state + REPLY_TIME), moment_get(state + REPLY_SEQUENCE)};
    return true;
}

static void set_status(struct reply *reply, uint32_t bits)
{
    uint32_t *status = &reply->values[reply->status];
    *status = (*status & reply->kept) | bits;
}

void reply_run(struct reply *reply)
{
    uint32_t *state = reply->state, count = state[REPLY_COUNT];
    state[REPLY_WAITING] = 0;
    state[REPLY_LEFT] = count;
    set_status(reply, reply->busy | reply->complete | reply->ready | count << reply->level);
}

bool reply_write(struct reply *reply, uint32_t word, uint32_t value)
{
    uint32_t *state = reply->state, *values = reply->values;
    if (!state[REPLY_VALID])
        return false;
    if (word == reply->clear) {
        values[reply->status] &= ~(value & reply->kept);
        return true;
    }
    if (word != reply->command || value != state[REPLY_COMMAND] ||
        values[reply->length] != state[REPLY_LENGTH] || values[reply->status] & reply->busy)
        return false;
    const struct timing *timing = reply->timing;
    moment_put(state + REPLY_TIME, time_now(&timing->schedule->shared) + state[REPLY_DURATION]);
    moment_put(state + REPLY_SEQUENCE, ++*timing->sequence);
    state[REPLY_WAITING] = 1;
    set_status(reply, reply->busy);
    timing_changed(timing);
    return true;
}

bool reply_read(struct reply *reply, uint32_t word, unsigned width, uint32_t *value)
{
    uint32_t *state = reply->state, left = state[REPLY_LEFT];
    if (word != reply->data || !left)
        return false;
    uint32_t taken = left < width ? left : width;
    *value = low_bytes(state[REPLY_DATA] >> 8 * (state[REPLY_COUNT] - left), taken);
    left = state[REPLY_LEFT] = left - taken;
    set_status(reply, left ? reply->busy | reply->ready | left << reply->level : 0);
    return true;
}
