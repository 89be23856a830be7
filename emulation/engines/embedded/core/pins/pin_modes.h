/* The modes of a port's pins: what decides the level of each. */
#ifndef MODELS_PIN_MODES_H
#define MODELS_PIN_MODES_H

#include "pins/pin.h"

/* A store of a whole word of modes. False: the model serves it. */
bool pin_modes_write(struct lines *lines, struct pins *pins, uint32_t modes);

#endif
