/* Instructions of the FPU, coprocessors 10 and 11 (A6). */
#ifndef DECODE_FP_H
#define DECODE_FP_H

#include "decode/decoder.h"

/* As decode_t32. */
bool decode_fp(struct decoder *decoder, uint16_t first, uint16_t second);

#endif
