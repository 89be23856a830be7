#include "run/substitute.h"

#include "decode/decode.h"

#include <string.h>

/* VCVT from a fixed-point word is to the nearest whatever FPSCR.RMode says (A7.7.228). Dividing by a
 * power of two is exact: only the word's 32 bits may not fit. */
static void convert_fixed_point(struct cpu *cpu, const struct instruction *instruction)
{
    uint8_t reg = (uint8_t)(D0 + instruction->d / 2);
    unsigned half = instruction->d % 2;
    uint64_t value;
    uint32_t word;
    cpu_read_many(cpu, &reg, &value, 1);
    memcpy(&word, (uint8_t *)&value + 4 * half, 4);
    double exact = instruction->variant ? (double)word : (double)(int32_t)word;
    float rounded = (float)exact;
    if ((double)rounded != exact)
        cpu_write(cpu, FPSCR, cpu_read(cpu, FPSCR) | FPSCR_IXC);
    rounded /= (float)((uint64_t)1 << instruction->n);
    memcpy((uint8_t *)&value + 4 * half, &rounded, 4);
    cpu_write_many(cpu, &reg, &value, 1);
}

/* Half of SMLAD's sum. */
static int64_t product(uint32_t n, uint32_t m, unsigned half_n, unsigned half_m)
{
    return (int64_t)(int16_t)(n >> 16 * half_n) * (int16_t)(m >> 16 * half_m);
}

/* SMLAD and SMLADX: Q is for the sum of all three (A7.7.138). */
static void multiply_dual(struct cpu *cpu, const struct instruction *instruction)
{
    uint32_t n = cpu_read(cpu, (enum reg)instruction->n), m = cpu_read(cpu, (enum reg)instruction->m);
    unsigned swapped = instruction->variant;
    int64_t sum = product(n, m, 0, swapped) + product(n, m, 1, !swapped) +
                  (int32_t)cpu_read(cpu, (enum reg)instruction->a);
    cpu_write(cpu, (enum reg)instruction->d, (uint32_t)sum);
    if (sum != (int32_t)sum)
        cpu->registers.xpsr |= XPSR_SATURATED;
}

void substitute_execute(struct core *core)
{
    struct cpu *cpu = &core->cpu;
    struct decoder decoder = decoder_at(&core->map, cpu->state.pc & ~1u);
    const struct instruction *instruction = &decoder.last;
    if (!decode_description(&decoder))
        return;
    cpu_fetch(cpu);
    if (instruction->flags & INSTRUCTION_FIXED_POINT)
        convert_fixed_point(cpu, instruction);
    else if (instruction->flags & INSTRUCTION_DUAL)
        multiply_dual(cpu, instruction);
    else if (instruction->flags & INSTRUCTION_CONTROL)
        cpu_write(cpu, (enum reg)instruction->d,
                  cpu_read(cpu, CONTROL) & ~(uint32_t)CONTROL_FPCA);
    else /* MSR of a stack pointer, of which the lowest bits are always 0 (B1.4.1) */
        registers_write_special(&cpu->registers, instruction->special,
                                cpu_read(cpu, (enum reg)instruction->stack));
}

bool substitute_store_to_stir(struct core *core)
{
    struct cpu *cpu = &core->cpu;
    struct decoder decoder = decoder_at(&core->map, cpu->state.pc & ~1u);
    struct op ops[MAX_OPS];
    if (!(core->scb.ccr & CCR_USERSETMPEND) || !cpu_is_unprivileged(cpu) ||
        !decode_next(&decoder, ops) || decoder.op != ops + 1 || ops[0].code != OP_STR)
        return false;
    cpu_fetch(cpu);
    const uint32_t *r = cpu->registers.r;
    if (r[ops[0].n] + r[ops[0].m] + ops[0].value != STIR_ADDRESS)
        return false;
    ppb_write(&core->ppb, STIR_ADDRESS, r[ops[0].d], UINT32_MAX);
    return true;
}
