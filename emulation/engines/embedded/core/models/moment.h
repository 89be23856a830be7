/* Moments of the models' time, and numbers of two words. */
#ifndef MODELS_MOMENT_H
#define MODELS_MOMENT_H

#include "pins/line.h"
#include "state/memory.h"

/* When something is due (ns), and the sequence number of that event. */
struct moment {
    uint64_t time, sequence;
};

static inline uint64_t moment_get(const uint32_t *words)
{
    return (uint64_t)words[1] << 32 | words[0];
}

static inline void moment_put(uint32_t *words, uint64_t number)
{
    words[0] = (uint32_t)number;
    words[1] = (uint32_t)(number >> 32);
}

/* As events of the same time are ordered. */
static inline bool moment_is_before(struct moment moment, struct moment other)
{
    return moment.time < other.time ||
           (moment.time == other.time && moment.sequence < other.sequence);
}

/* What those work with that act at their moment. */
struct timing {
    struct schedule *schedule;
    struct lines *lines;
    struct memory_map *map;
    uint64_t *sequence; /* the number of the last event scheduled */
};

/* Something is due at another moment than before: models/agenda.c works out what comes next. */
static inline void timing_changed(const struct timing *timing)
{
    timing->lines->host->resume(timing->lines->host->resume_of);
}

#endif
