/* Thumb instructions of 16 bits (A5.2). */
#ifndef DECODE_T16_H
#define DECODE_T16_H

#include "decode/decoder.h"

/* Describe decoder->last and append its micro-ops. False: it isn't executed here. */
bool decode_t16(struct decoder *decoder, uint16_t code);

#endif
