#include "state/exception_log.h"

#include "base/schedule.h"

#include <string.h>

static uint32_t running_task(const struct exception_log *log, const struct memory_map *map)
{
    const uint8_t *bytes = log->task ? memory_at(map, log->task, 4, false) : NULL;
    uint32_t task = 0;
    if (bytes)
        memcpy(&task, bytes, 4);
    return task;
}

void exception_log_add(struct exception_log *log, const struct memory_map *map, struct host *host,
                       uint32_t pc, unsigned current, unsigned returned)
{
    bool enters = current && current != log->ignored;
    uint32_t place = current ? pc & ~1u : running_task(log, map);
    if (returned == log->ignored)
        returned = 0;
    if (!enters && !returned && (current || place == log->last))
        return;
    if (log->count == log->capacity && !host_call(host, log->full, NULL, 0, NULL))
        return;
    struct exception_entry *entry = &log->entries[log->count++];
    *entry = (struct exception_entry){.time = time_now(&host->schedule->shared),
                                      .place = place,
                                      .current = (uint16_t)current,
                                      .returned = (uint16_t)returned};
    if (current)
        return;
    log->last = place;
    const uint8_t *name = place ? memory_at(map, place + log->name, TASK_NAME, false) : NULL;
    if (name)
        memcpy(entry->name, name, TASK_NAME);
}
