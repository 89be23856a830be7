#include "state/signal_log.h"

/* Of the interpreter, which is the same for all cores: a function that Python calls has no core. */
static void *(*pointer_of)(PyObject *capsule, const char *name);

void signal_log_attach(struct signal_log *log, struct host *host)
{
    log->host = host;
    pointer_of = host->python.pointer_of;
}

static bool has_changed(const struct signal_source *source)
{
    bool changed = false;
    for (uint32_t i = 0; i < source->count; i++) {
        struct signal_setting *setting = &source->settings[i];
        if (!setting->values || setting->word >= *setting->words)
            return true;
        uint32_t value = (*setting->values)[setting->word] & setting->mask;
        changed |= value != setting->known;
        setting->known = value;
    }
    return changed;
}

bool signal_log_note(struct signal_log *log, uint32_t source, uint32_t sent, uint32_t received,
                     uint32_t bits)
{
    if (source < log->source_count && has_changed(&log->sources[source]) &&
        !host_call(log->host, log->settle, &source, 1, NULL))
        return false;
    if (log->count == log->capacity && !host_call(log->host, log->full, NULL, 0, NULL))
        return false;
    uint64_t time = time_now(&log->host->schedule->shared);
    log->entries[log->count++] = (struct signal_entry){time, sent, received, source, bits};
    return true;
}

PyObject *signal_log_call(PyObject *capsule, PyObject *const *arguments, ptrdiff_t count)
{
    struct signal_log *log = pointer_of(capsule, NULL);
    const struct python *python = &log->host->python;
    uint32_t values[4] = {0};
    for (ptrdiff_t i = 0; i < count && i < 4; i++)
        values[i] = (uint32_t)python->as_unsigned(arguments[i]);
    if (count < 3)
        values[2] = values[1];
    if (!signal_log_note(log, values[0], values[1], values[2], values[3]))
        return NULL;
    return python->from_unsigned(0);
}
