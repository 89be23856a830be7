/* Ports with their pins, and edge detectors (peripherals/base/pins.py). */
#ifndef MODELS_PIN_H
#define MODELS_PIN_H

#include "pins/line.h"
#include "state/signal_log.h"


/* Mirrors of the indices in peripherals/base/pins.py. */
enum {
    PINS_OUTPUTS,
    PINS_DRIVEN,
    PINS_INPUTS,
    PINS_LOCKED,
    PINS_FORCED,
    PINS_OUTSIDE,
    PINS_WIRED,
    PINS_FUNCTIONS,
    PINS_LATCH,
    PINS_EDGES,
};
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
    uint32_t source; /* what its levels are noted with ... */
    struct signal_log *log; /* ... and where, or NULL */
};

/* Data behind masks: words of the model, as in peripherals/base/pins.py. Mirrored by native.py. */
struct masked_data {
    uint32_t words; /* 0: the port has no such data */
    uint32_t by_level, both, high, enabled, raw, masked;
};

/* A port's pins. Mirrored by native.py. */
struct pins {
    uint32_t *values, *state;
    uint32_t levels, data, set_reset, reset; /* words of the model */
    uint32_t has_modes; /* the core knows what decides the pins' levels ... */
    uint32_t mode, pull, open_drain; /* ... from these words */
    struct masked_data masked;
    uint32_t served; /* the pins of which the core knows all that listens */
    uint32_t stale; /* the pins whose line objects have another level ... */
    struct pins *next_stale; /* ... and the next port with such pins */
    struct pin pin[PINS];
};

/* Change the level of a served pin. */
void pin_set(struct lines *lines, struct pins *pins, unsigned number, bool level);
/* The pin's edges are detected and go on to what the core doesn't know. */
bool pin_is_for_model(const struct pins *pins, unsigned number);
/* Set the level of an edge detector's output. */
void edge_output_drive(struct lines *lines, const struct edge_output *output, bool level);

#endif
