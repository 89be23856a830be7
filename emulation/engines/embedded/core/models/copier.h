/* DMA controllers that copy between memories (peripherals/base/timed/copier.py). */
#ifndef MODELS_COPIER_H
#define MODELS_COPIER_H

#include "models/moment.h"

/* Mirrors of the indices in peripherals/base/timed/copier.py. */
enum { COPY_BUSY, COPY_WAITING, COPY_TIME, COPY_SEQUENCE = 4, COPY_WORDS = 6 };

enum { COPIER_CHANNELS = 8 };

/* Mirrored by native.py. */
struct copier {
    const struct timing *timing;
    uint32_t *values; /* the model's words */
    uint32_t *state, *hertz, *reload, *peripheral, *memory;
    uint32_t channels, status, clear, first, stride, writable, batch, cycles;
    uint32_t exceptions[COPIER_CHANNELS]; /* that the lines and nothing else drive; 0: others may, too */
    PyObject *lines[COPIER_CHANNELS];
    PyObject *take_over; /* called to leave all copies under way to the model */
};

/* A copy of a channel is under way. */
bool copier_waits(const struct copier *copier, unsigned channel, struct moment *due);
/* It ends now. False: the model does it. */
bool copier_run(struct copier *copier, unsigned channel);
/* A store of a whole word of the model. False: the model serves it. */
bool copier_write(struct copier *copier, uint32_t word, uint32_t value);

#endif
