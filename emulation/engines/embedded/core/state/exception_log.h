/* What the core executes from when on, noted for an observer that looks at it later. */
#ifndef STATE_EXCEPTION_LOG_H
#define STATE_EXCEPTION_LOG_H

#include "base/host.h"
#include "state/memory.h"

enum { TASK_NAME = 16 };

/* Mirrored by logs/exceptions.py. */
struct exception_entry {
    uint64_t time; /* ns */
    uint32_t place; /* of a handler: its first instruction; of thread mode: the running task's block */
    uint16_t current; /* the exception that is executed from now on; 0: thread mode */
    uint16_t returned; /* the one whose handler has ended; 0: none */
    char name[TASK_NAME]; /* of the task; not terminated if it is as long */
};

/* Mirrored by logs/exceptions.py. */
struct exception_log {
    struct exception_entry *entries;
    uint32_t capacity, count;
    uint32_t ignored; /* an exception that isn't noted, nor its return if the task stays the same */
    uint32_t task; /* where the address of the running task's block is; 0: there is no kernel */
    uint32_t name; /* where in a block the name is */
    uint32_t last; /* the task noted last */
    PyObject *full; /* called when there is no room: it sets `count` to 0 */
};

void exception_log_add(struct exception_log *log, const struct memory_map *map, struct host *host,
                       uint32_t pc, unsigned current, unsigned returned);

#endif
