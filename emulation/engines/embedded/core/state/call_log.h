/* Calls of chosen functions and their returns, noted for an observer that looks at them later. */
#ifndef STATE_CALL_LOG_H
#define STATE_CALL_LOG_H

#include "base/host.h"
#include "state/code_cache.h"
#include "state/cpu.h"
#include "state/memory.h"

enum {
    CALL_NAME = 16,
    CALL_REGISTERS = 4, /* arguments in R0 to R3 (AAPCS, 6.4) ... */
    CALL_WORDS = 12, /* ... and others on the stack */
    CALL_SAVED = 8, /* R4 to R11, which a function gives back as they were */
    CALL_CAPTURES = 8,
    MAX_OPEN_CALLS = 64,
};

/* Memory that an argument points to. Mirrored by logs/calls.py. */
struct call_capture {
    uint32_t argument, size;
    uint32_t indirect; /* what the word there points to is noted, too */
    uint32_t output; /* when the function returns, not when it is entered */
};

/* Mirrored by logs/calls.py. */
struct call_function {
    uint32_t address;
    uint32_t returns; /* whether its return is noted */
    uint32_t stack_size; /* bytes of the caller's stack that are noted with a call */
    uint32_t capture_count;
    struct call_capture captures[CALL_CAPTURES];
};

/* Behind it are `areas` pieces of memory: address, length, and the bytes, padded to words. Mirrored
 * by logs/calls.py. */
struct call_record {
    uint64_t time; /* ns */
    uint32_t size; /* bytes, with what is behind it */
    uint32_t function; /* its number; CALL_RETURN: of all calls that end here */
    uint32_t pc, lr, sp;
    uint32_t context; /* block of the running task; 0: none is known; negative: the exception */
    uint32_t words[CALL_WORDS]; /* R0 to R3, and from the stack when a function is entered */
    uint32_t saved[CALL_SAVED]; /* with the caller's stack only */
    uint32_t areas;
    uint32_t reserved;
    char name[CALL_NAME]; /* of the task; not terminated if it is as long */
};

#define CALL_RETURN UINT32_MAX

/* A call that has not returned. */
struct open_call {
    uint64_t time;
    uint32_t function, caller, stack, context;
    uint32_t words[CALL_WORDS];
};

/* Mirrored by logs/calls.py. */
struct call_log {
    struct call_function *functions; /* by address */
    uint32_t function_count;
    uint32_t *returns; /* where calls return to: a hash table, 0 is free */
    uint32_t return_capacity, return_count; /* a power of 2 */
    uint8_t *bytes; /* records */
    uint32_t capacity, size;
    uint32_t task; /* where the address of the running task's block is; 0: there is no kernel */
    uint32_t name; /* where in a block the name is */
    uint32_t live; /* call `full` with each record */
    PyObject *full; /* it sets `size` to 0 */
    struct open_call *open; /* MAX_OPEN_CALLS */
    uint32_t open_count;
};

/* What runs: as in a record. */
uint32_t call_log_context(const struct call_log *log, const struct memory_map *map, struct cpu *cpu);
/* Whether a call begins or may end at an address. */
bool call_log_is_at(const struct call_log *log, uint32_t address);
/* The block at an address is entered. False: nothing was noted. */
bool call_log_visit(struct call_log *log, uint32_t address, struct cpu *cpu,
                    const struct memory_map *map, struct code_cache *code);

#endif
