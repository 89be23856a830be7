/*
 * Models of peripherals, behind windows of the memory map.
 *
 * An access that has no effect beyond a register's value is served here, from the model's array of
 * words; port.c, pins.c, counter.c and crc_unit.c serve more. For everything else the model's Python
 * method is called.
 */
#ifndef MODELS_MODEL_H
#define MODELS_MODEL_H

#include "models/agenda.h"
#include "models/counter.h"
#include "models/crc_unit.h"
#include "pins/pins.h"
#include "models/port.h"
#include "state/memory.h"

/* Mirrored by native.py. */
struct model {
    PyObject *read, *write;
    uint32_t *values; /* the model's array of words */
    uint32_t words;
    uint8_t *plain; /* per word: a read is nothing but the value */
    uint8_t *storage; /* per word: a write is nothing but a store of the writable bits */
    uint32_t *writable;
    struct port *port; /* these three or NULL */
    struct pins *pins;
    struct edges *edges;
    struct crc_unit *crc_unit; /* or NULL */
    struct counter *counters;
    uint32_t counter_count;
    struct calendar *calendar; /* or NULL */
    struct ticker *ticker; /* or NULL */
    struct copier *copier; /* or NULL */
    struct reply *reply; /* or NULL */
    struct queue *queue; /* or NULL */
    struct word_port *word_port; /* or NULL */
    uint64_t native_accesses, python_accesses;
};

/* An access within a word. A read notes the side effects that it has; a write always has some. */
uint32_t model_read(struct lines *lines, const struct window *window, uint32_t address,
                    unsigned width);
void model_write(struct lines *lines, const struct window *window, uint32_t address, uint32_t value,
                 unsigned width);
/* The word at an address, if a read has no effect and only an event changes it. */
bool model_peek(const struct window *window, uint32_t address, uint32_t *value);

#endif
