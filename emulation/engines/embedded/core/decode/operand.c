#include "decode/operand.h"

static uint32_t value_of(struct cpu *cpu, unsigned reg)
{
    return reg == ZERO ? 0 : cpu_read(cpu, (enum reg)reg);
}

uint32_t operand_address(const struct memory_operand *operand, struct cpu *cpu)
{
    return value_of(cpu, operand->base) + (value_of(cpu, operand->index) << operand->shift) +
           operand->offset;
}
