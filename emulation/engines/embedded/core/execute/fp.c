#include "execute/fp.h"

#include "semantics/fp.h"

/*
 * Rounding to the nearest with denormals is what the host does, too, as long as nothing but normal
 * numbers and 0 comes in and out: everything else is Unicorn's. FPSCR: A2.5.3.
 */
enum { OTHER_MODES = 1 << 26 | 1 << 25 | 1 << 24 | FPSCR_RMODE };

void begin_fp_context(struct executor *executor)
{
    struct cpu *cpu = executor->cpu;
    if (cpu->registers.control & CONTROL_FPCA)
        return;
    cpu->registers.control |= CONTROL_FPCA;
    if (executor->scb->fpccr & FPCCR_ASPEN)
        cpu_write(cpu, FPSCR, executor->scb->fpdscr);
}

bool operate_fp(struct executor *executor, const struct op *op)
{
    struct cpu *cpu = executor->cpu;
    struct registers *registers = &cpu->registers;
    begin_fp_context(executor);
    cpu_fetch_fp(cpu);
    struct fp_registers *fp = &cpu->fp;
    uint32_t *s = fp->s, d = op->value & 0x1F, n = op->value >> 8 & 0x1F, m = op->value >> 16;
    switch ((enum fp_operation)op->how) {
    case FP_FROM_CORE: s[d] = registers->r[op->n]; return true;
    case FP_TO_CORE: registers->r[op->d] = s[n]; return true;
    case FP_STATUS: registers->r[op->d] = fp->fpscr; return true;
    case FP_FLAGS: fp_flags(registers, fp->fpscr); return true;
    case FP_MOVE: s[d] = s[m]; return true;
    case FP_ABS: s[d] = s[m] & ~FP_SIGN; return true;
    case FP_NEG: s[d] = s[m] ^ FP_SIGN; return true;
    default: break;
    }
    if (fp->fpscr & OTHER_MODES)
        return false;
    switch ((enum fp_operation)op->how) {
    case FP_CMP: return fp_compare(&fp->fpscr, s[d], s[m]);
    case FP_CMP_ZERO: return fp_compare(&fp->fpscr, s[d], 0);
    case FP_FROM_S32: return fp_from_integer(&fp->fpscr, (int32_t)s[m], &s[d]);
    case FP_FROM_U32: return fp_from_integer(&fp->fpscr, s[m], &s[d]);
    case FP_TO_S32: return fp_to_integer(&fp->fpscr, s[m], INT32_MIN, INT32_MAX, &s[d]);
    case FP_TO_U32: return fp_to_integer(&fp->fpscr, s[m], 0, UINT32_MAX, &s[d]);
    case FP_ADD: return fp_sum(&fp->fpscr, s[n], s[m], &s[d]);
    case FP_SUB: return fp_sum(&fp->fpscr, s[n], s[m] ^ FP_SIGN, &s[d]);
    case FP_MUL: return fp_product(&fp->fpscr, s[n], s[m], &s[d]);
    case FP_NMUL: return fp_product(&fp->fpscr, s[n] ^ FP_SIGN, s[m], &s[d]);
    case FP_DIV: return fp_quotient(&fp->fpscr, s[n], s[m], &s[d]);
    case FP_MLA: return fp_multiply_add(&fp->fpscr, s[n], s[m], s[d], &s[d]);
    case FP_MLS: return fp_multiply_add(&fp->fpscr, s[n] ^ FP_SIGN, s[m], s[d], &s[d]);
    case FP_NMLA: return fp_multiply_add(&fp->fpscr, s[n] ^ FP_SIGN, s[m], s[d] ^ FP_SIGN, &s[d]);
    case FP_NMLS: return fp_multiply_add(&fp->fpscr, s[n], s[m], s[d] ^ FP_SIGN, &s[d]);
    default: return false;
    }
}
