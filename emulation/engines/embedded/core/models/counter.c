#include "models/counter.h"

#define SECOND 1000000000u

uint64_t time_now(const struct shared *shared)
{
    uint64_t cycles = shared->cycles - shared->time_cycles, hertz = shared->time_hertz;
    if (!(cycles >> 34))
        return shared->time + cycles * SECOND / hertz;
    return shared->time + cycles / hertz * SECOND + cycles % hertz * SECOND / hertz;
}

static uint64_t number(const uint32_t *words)
{
    return (uint64_t)words[1] << 32 | words[0];
}

static bool count_on(const uint32_t *state, uint64_t now, uint32_t *value)
{
    uint64_t scale = number(state + COUNTER_SCALE), time = number(state + COUNTER_TIME);
    uint64_t elapsed = now - time;
    if (!state[COUNTER_VALID] || now < time || elapsed >> 32 || !scale)
        return false;
    elapsed *= state[COUNTER_HERTZ];
    if (elapsed < state[COUNTER_REMAINDER])
        return false;
    uint64_t counts = (elapsed - state[COUNTER_REMAINDER]) / scale;
    if (counts >= state[COUNTER_ROOM])
        return false;
    *value = state[COUNTER_FIRST] + (state[COUNTER_DOWN] ? -(uint32_t)counts : (uint32_t)counts);
    return true;
}

bool counters_read(const struct counter *counters, uint32_t count, const struct shared *shared,
                   uint32_t word, uint32_t *value)
{
    for (uint32_t i = 0; i < count; i++)
        if (counters[i].words[0] == word || counters[i].words[1] == word)
            return count_on(counters[i].state, time_now(shared), value);
    return false;
}
