#include "models/counter.h"

#include "base/schedule.h"

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

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

static uint32_t to_bcd(uint32_t number)
{
    return number / 10 << 4 | number % 10;
}

/* Second and fraction of it that the registers show. False: the model knows. */
static bool moment(const uint32_t *state, uint64_t now, uint64_t *seconds, uint32_t *fraction)
{
    uint64_t scale = number(state + CALENDAR_SCALE), time = number(state + CALENDAR_TIME);
    uint64_t elapsed = now - time, hertz = state[CALENDAR_HERTZ];
    if (state[CALENDAR_LATCHED]) {
        *seconds = state[CALENDAR_LATCHED_SECONDS];
        *fraction = state[CALENDAR_LATCHED_FRACTION];
        return true;
    }
    if (now < time || !scale || !hertz || !state[CALENDAR_PRESCALER] || elapsed > NEVER / hertz)
        return false;
    elapsed *= hertz;
    if (elapsed < state[CALENDAR_REMAINDER])
        return false;
    uint64_t periods = (elapsed - state[CALENDAR_REMAINDER]) / scale;
    *seconds = state[CALENDAR_SECONDS] + periods / state[CALENDAR_PRESCALER];
    *fraction = (uint32_t)(periods % state[CALENDAR_PRESCALER]);
    return true;
}

static uint32_t time_of_day(uint32_t second)
{
    return to_bcd(second / HOUR) << 16 | to_bcd(second / MINUTE % 60) << 8 | to_bcd(second % MINUTE);
}

bool calendar_read(const struct calendar *calendar, const struct shared *shared, uint32_t word,
                   uint32_t *value)
{
    uint32_t *state = calendar->state, fraction;
    uint64_t seconds;
    bool is_date = word == calendar->date;
    if (!(is_date || word == calendar->fraction || word == calendar->time) ||
        !state[CALENDAR_VALID] || !moment(state, time_now(shared), &seconds, &fraction) ||
        seconds < state[CALENDAR_DAY] || seconds - state[CALENDAR_DAY] >= DAY)
        return false;
    if (is_date) {
        state[CALENDAR_LATCHED] = 0;
        *value = state[CALENDAR_DATE];
        return true;
    }
    if (state[CALENDAR_SHADOWED]) {
        state[CALENDAR_LATCHED] = 1;
        state[CALENDAR_LATCHED_SECONDS] = (uint32_t)seconds;
        state[CALENDAR_LATCHED_FRACTION] = fraction;
    }
    *value = word == calendar->time
                 ? time_of_day((uint32_t)(seconds - state[CALENDAR_DAY]))
                 : state[CALENDAR_PRESCALER] - 1 - fraction;
    return true;
}
