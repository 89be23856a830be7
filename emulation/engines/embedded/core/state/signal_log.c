#include "state/signal_log.h"

static void add(struct signal_log *log, struct host *host, uint32_t source, uint16_t sent,
                uint16_t received)
{
    if (log->count == log->capacity && !host_call(host, log->full, NULL, 0, NULL))
        return;
    log->entries[log->count++] =
        (struct signal_entry){time_now(&host->schedule->shared), source, sent, received};
}

void signal_log_level(struct signal_log *log, struct host *host, uint32_t source, bool level)
{
    add(log, host, source, level, level);
}

void signal_log_word(struct signal_log *log, struct host *host, uint32_t source,
                     uint32_t configuration, uint16_t sent, uint16_t received)
{
    if (!log->settled || log->source != source || log->configuration != configuration) {
        if (!host_call(host, log->settle, NULL, 0, NULL))
            return;
        log->settled = true;
        log->source = source;
        log->configuration = configuration;
    }
    add(log, host, source, sent, received);
}
