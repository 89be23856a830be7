/* Ports where a mask in the address says which pins an access means, as in ARM's PL061. */
#ifndef MODELS_MASKED_PINS_H
#define MODELS_MASKED_PINS_H

#include "pins/pin.h"

/* The word of a port, whatever has been deferred. */
static inline uint32_t pins_word(const struct pins *pins, uint32_t word)
{
    return word < pins->masked.words ? pins->values[pins->levels] & word : pins->values[word];
}

/* A store of a whole word of data. False: the model serves it. */
bool masked_pins_write(struct lines *lines, struct pins *pins, uint32_t word, uint32_t value);
/* Fill in what the words behind masks read. */
void masked_pins_flush(const struct pins *pins);

#endif
