/* Levels of lines and words of buses, noted for an observer that looks at them later. */
#ifndef STATE_SIGNAL_LOG_H
#define STATE_SIGNAL_LOG_H

#include "base/host.h"

/* Mirrored by logs/signals.py. */
struct signal_entry {
    uint64_t time; /* ns */
    uint32_t sent, received; /* of a word; of a line both are its level */
    uint32_t source, bits; /* a number of the observer's; of the word */
};

/* Part of a model's register on which depends how a source is set. Mirrored by logs/signals.py. */
struct signal_setting {
    const uint32_t *const *values; /* where the model has its registers now; NULL: it has none ... */
    const uint32_t *words; /* ... and how many, of 32 bits */
    uint32_t word, mask;
    uint64_t known; /* when the observer looked; more than 32 bits: it did not */
};

/* Mirrored by logs/signals.py. */
struct signal_source {
    struct signal_setting *settings;
    uint32_t count;
};

/* Mirrored by logs/signals.py. */
struct signal_log {
    struct signal_entry *entries;
    uint32_t capacity, count;
    const struct signal_source *sources;
    uint32_t source_count;
    struct host *host;
    PyObject *full; /* called when there is no room: it sets `count` to 0 */
    PyObject *settle; /* called with a source that may be set otherwise than before */
};

void signal_log_attach(struct signal_log *log, struct host *host);
/* False: Python raised. */
bool signal_log_note(struct signal_log *log, uint32_t source, uint32_t sent, uint32_t received,
                     uint32_t bits);
/* The same for Python, as a function with METH_FASTCALL: (source, sent, received = sent, bits = 0).
 * capsule: of the log. */
EXPORT PyObject *signal_log_call(PyObject *capsule, PyObject *const *arguments, ptrdiff_t count);

#endif
