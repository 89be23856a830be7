/* Lines that the core drives without a model's help: line objects of Python, interrupt inputs. */
#ifndef MODELS_LINE_H
#define MODELS_LINE_H

#include "base/host.h"
#include "system/nvic.h"

struct lines {
    struct host *host;
    struct nvic *nvic;
    struct pins *stale; /* ports with pins whose line objects have other levels, bus/pins.h */
};

/* Set the level of an interrupt's line, which drives nothing but the input of `exception`. */
void line_drive(struct lines *lines, PyObject *line, unsigned exception, bool level);

#endif
