/*
 * Pins that the core moves by itself (peripherals/base/pins.py): from a port's registers or from
 * outside to the pin's level, through a selector to an edge detector, and on to the interrupt.
 */
#ifndef BUS_PINS_H
#define BUS_PINS_H

#include "bus/line.h"

/* Mirrors of the indices in peripherals/base/pins.py. */
enum { PINS_OUTPUTS, PINS_DRIVEN, PINS_INPUTS };
enum { PINS = 16 };

struct edge_output {
    PyObject *line;
    uint32_t exception;
};

/* An edge detector's inputs. Mirrored by native.py. */
struct edges {
    uint32_t *values, *levels;
    uint32_t mask, rising, falling, trigger, pending; /* words of the model */
    uint32_t detected; /* the inputs that it detects edges of */
    uint32_t served; /* the inputs of which the core knows the exception */
    struct edge_output outputs[PINS];
};

struct pin {
    PyObject *line;
    /* On the way to an edge detector; NULL: there is none. */
    struct edges *edges;
    uint8_t *level, *selected;
    PyObject *output;
    uint32_t choice;
    uint32_t listener_input;
    PyObject *listener; /* or NULL */
    PyObject *follower; /* a model whose `state` is the pin's level and nothing else; or NULL */
    uint32_t inverted; /* the follower is */
};

/* A port's pins. Mirrored by native.py. */
struct pins {
    uint32_t *values, *state;
    uint32_t levels, data, set_reset, reset; /* words of the model */
    uint32_t served; /* the pins of which the core knows all that listens */
    uint32_t stale; /* the pins whose line objects have another level ... */
    struct pins *next_stale; /* ... and the next port with such pins */
    struct pin pin[PINS];
};

/* A store of a whole word to a port's registers. False: the model serves it. */
bool pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value);
/* A store of a whole word that clears pending edges. False: the model serves it. */
bool edges_write(struct lines *lines, struct edges *edges, uint32_t word, uint32_t value);
/* Give line objects and followers the levels that pins have. */
void pins_flush(struct lines *lines);
/* The outside drives an input pin. False: the model serves it. */
bool pins_drive(struct lines *lines, struct pins *pins, uint32_t number, bool level);

#endif
