/* The address that a load or store accesses, from the registers as they are. */
#ifndef DECODE_OPERAND_H
#define DECODE_OPERAND_H

#include "decode/decoder.h"
#include "state/cpu.h"

uint32_t operand_address(const struct memory_operand *operand, struct cpu *cpu);

#endif
