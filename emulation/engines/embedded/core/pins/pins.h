/*
 * Pins that the core moves by itself (peripherals/base/pins.py): from a port's registers or from
 * outside to the pin's level, through a selector to an edge detector, and on to the interrupt.
 */
#ifndef MODELS_PINS_H
#define MODELS_PINS_H

#include "pins/masked_pins.h"
#include "pins/pin_modes.h"

/* A store of a whole word to a port's registers. False: the model serves it. */
bool pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value);
/* A store of a whole word that clears pending edges or triggers some. False: the model serves it. */
bool edges_write(struct lines *lines, struct edges *edges, uint32_t word, uint32_t value);
/* Give line objects and followers the levels that pins have. */
void pins_flush(struct lines *lines);
/* The outside drives an input pin. False: the model serves it. */
bool pins_drive(struct lines *lines, struct pins *pins, uint32_t number, bool level);

#endif
