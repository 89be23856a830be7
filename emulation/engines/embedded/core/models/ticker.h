/* Flags that counting sets once a period (peripherals/base/counter.py): timers whose update events do
 * nothing but interrupt need their models no more. */
#ifndef MODELS_TICKER_H
#define MODELS_TICKER_H

#include "models/moment.h"

/* Mirrors of the indices in peripherals/base/counter.py. */
enum {
    TICKER_VALID,
    TICKER_WAITING,
    TICKER_HERTZ,
    TICKER_REMAINDER,
    TICKER_STEP = 4,
    TICKER_TIME = 6,
    TICKER_SEQUENCE = 8,
};

/* Mirrored by native.py. */
struct ticker {
    const struct timing *timing;
    uint32_t *state, *values; /* the latter are the model's words */
    uint32_t status, flag, clears, enables, interrupts;
    uint32_t exception; /* that `driver` and nothing else drives */
    PyObject *line, *driver; /* the same, but for a wired OR in between, which has these ... */
    uint8_t *levels; /* ... levels of its inputs; or NULL */
    uint32_t level_count, level;
    PyObject *take_over; /* called to leave the next event to the model */
};

/* It waits for the end of a period. */
bool ticker_waits(const struct ticker *ticker, struct moment *due);
/* That is now. False: the model does it. */
bool ticker_run(struct ticker *ticker);
/* A store of a whole word of a model. False: the model serves it. */
bool ticker_write(struct ticker *ticker, uint32_t word, uint32_t value);

#endif
