/* Registers that count with time (peripherals/base/counter.py). */
#ifndef MODELS_COUNTER_H
#define MODELS_COUNTER_H

#include "base/shared.h"

/* Mirrors of the indices in peripherals/base/counter.py. */
enum {
    COUNTER_VALID,
    COUNTER_FIRST,
    COUNTER_DOWN,
    COUNTER_ROOM,
    COUNTER_HERTZ,
    COUNTER_REMAINDER,
    COUNTER_SCALE,
    COUNTER_TIME = COUNTER_SCALE + 2,
};

enum {
    CALENDAR_VALID,
    CALENDAR_HERTZ,
    CALENDAR_REMAINDER,
    CALENDAR_SCALE = 4,
    CALENDAR_TIME = 6,
    CALENDAR_PRESCALER = 8,
    CALENDAR_SECONDS,
    CALENDAR_DAY,
    CALENDAR_DATE,
    CALENDAR_SHADOWED,
    CALENDAR_LATCHED,
    CALENDAR_LATCHED_SECONDS,
    CALENDAR_LATCHED_FRACTION,
};

enum { COUNTER_REGISTERS = 2 };

/* Mirrored by native.py. */
struct counter {
    uint32_t *state;
    uint32_t words[COUNTER_REGISTERS]; /* of the model: they show the count */
};

/* Mirrored by native.py. */
struct calendar {
    uint32_t *state;
    uint32_t fraction, time, date; /* words of the model */
};

/* Read word `word` of a model. False: the model serves it. */
bool counters_read(const struct counter *counters, uint32_t count, const struct shared *shared,
                   uint32_t word, uint32_t *value);
bool calendar_read(const struct calendar *calendar, const struct shared *shared, uint32_t word,
                   uint32_t *value);

#endif
