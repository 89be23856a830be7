/* Levels of lines and words of buses, noted for an observer that looks at them later. */
#ifndef STATE_SIGNAL_LOG_H
#define STATE_SIGNAL_LOG_H

#include "base/host.h"

/* Mirrored by logs/signals.py. */
struct signal_entry {
    uint64_t time; /* ns */
    uint32_t source; /* a number of the observer's */
    uint16_t sent, received; /* of a word; of a line both are its level */
};

/* Mirrored by logs/signals.py. */
struct signal_log {
    struct signal_entry *entries;
    uint32_t capacity, count;
    uint32_t settled; /* the observer knows how the bus of the words that follow is set ... */
    uint32_t source, configuration; /* ... namely of this one, with this in its register */
    PyObject *full; /* called when there is no room: it sets `count` to 0 */
    PyObject *settle; /* called before a word of a bus that may be set otherwise */
};

void signal_log_level(struct signal_log *log, struct host *host, uint32_t source, bool level);
/* configuration: the register that decides how the bus is set. */
void signal_log_word(struct signal_log *log, struct host *host, uint32_t source,
                     uint32_t configuration, uint16_t sent, uint16_t received);

#endif
