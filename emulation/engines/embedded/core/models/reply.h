/* Commands that a controller sends again and again, with a known answer (peripherals/base/timed/reply.py). */
#ifndef MODELS_REPLY_H
#define MODELS_REPLY_H

#include "models/moment.h"

/* Mirrors of the indices in peripherals/base/timed/reply.py. */
enum {
    REPLY_VALID,
    REPLY_COMMAND,
    REPLY_LENGTH,
    REPLY_COUNT,
    REPLY_DATA,
    REPLY_DURATION,
    REPLY_WAITING,
    REPLY_LEFT,
    REPLY_TIME,
    REPLY_SEQUENCE = 10,
};

/* Mirrored by native.py. */
struct reply {
    const struct timing *timing;
    uint32_t *values, *state; /* the first are the model's words */
    uint32_t command, length, data, status, clear; /* of which these are */
    uint32_t busy, complete, ready, level, kept; /* in the status */
    PyObject *take_over; /* called to leave what is under way to the model */
};

/* A command is under way. */
bool reply_waits(const struct reply *reply, struct moment *due);
/* It ends now. */
void reply_run(struct reply *reply);
/* A store of a whole word of the model, or a load. False: the model serves it. */
bool reply_write(struct reply *reply, uint32_t word, uint32_t value);
bool reply_read(struct reply *reply, uint32_t word, unsigned width, uint32_t *value);

#endif
