/* Thumb instructions of 32 bits (A5.3). */
#ifndef DECODE_T32_H
#define DECODE_T32_H

#include "decode/decoder.h"

/* Describe decoder->last and append its micro-ops. False: it isn't executed here. */
bool decode_t32(struct decoder *decoder, uint16_t first, uint16_t second);

#endif
