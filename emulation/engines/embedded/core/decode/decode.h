/*
 * Decoding Thumb instructions: the one place that knows encodings (ARM DDI 0403E, A5).
 *
 * Each instruction becomes micro-ops and a description. The micro-ops are for execute/ and idle/,
 * which leave what they don't execute to Unicorn; the description is complete: the hooks, the
 * instruction checks and the fault reports ask it.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "decode/decoder.h"

/* Begin at an address outside an IT block. */
struct decoder decoder_at(const struct memory_map *map, uint32_t address);
/* Decode an instruction into up to MAX_OPS micro-ops and go on behind it. False: it can't be
 * fetched. */
bool decode_next(struct decoder *decoder, struct op *ops);
/* The same for those who need the description only. */
bool decode_description(struct decoder *decoder);

#endif
