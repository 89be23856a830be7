#include "decode/fp.h"

/* Loads and stores of floating-point registers, A6.5: double ones, or halves of one. */
static bool load_store_fp(struct decoder *decoder, uint16_t first, uint16_t second)
{
    bool before = first & 0x100, up = first & 0x80, back = first & 0x20, is_load = first & 0x10;
    bool is_double = second & 0x100, odd = first & 0x40;
    unsigned n = first & 0xF, d = second >> 12, words = second & 0xFF;
    uint32_t size = 4 * words;
    if (before && !back) { /* VLDR, VSTR */
        describe_words(decoder, n, up ? size : -size);
        const struct memory_operand *operand = &decoder->last.operand;
        if (is_double)
            return !odd && emit(decoder, is_load ? OP_VLDM : OP_VSTM, d, operand->base, ZERO,
                                operand->offset, 1);
        return emit(decoder, is_load ? OP_VLDR : OP_VSTR, d, operand->base, ZERO, operand->offset,
                    odd);
    }
    if (before == up) /* not VLDM or VSTM, but VMOV between register files */
        return false;
    describe_words(decoder, n, before ? -size : 0);
    if (n == PC || words == 0 || words & 1 || odd || d + words / 2 > 16)
        return false;
    emit(decoder, is_load ? OP_VLDM : OP_VSTM, d, n, ZERO, before ? -size : 0, words / 2);
    return !back || emit(decoder, OP_ADD, n, n, ZERO, before ? -size : size, 0);
}

/* An immediate of VMOV, A6.4.1. */
static uint32_t fp_immediate(uint16_t first, uint16_t second)
{
    uint32_t imm8 = (first & 0xFu) << 4 | (second & 0xFu);
    uint32_t exponent = (imm8 & 0x40 ? 0x7C : 0x80) | (imm8 >> 4 & 3);
    return (imm8 >> 7) << 31 | exponent << 23 | (imm8 & 0xF) << 19;
}

/* With one operand, and conversions: A6.4, 0b1x11. Returns FP_OPERATIONS for others. */
static enum fp_operation unary(uint16_t first, uint16_t second)
{
    bool top = second & 0x80;
    if (!(second & 0x40))
        return second & 0xA0 ? FP_OPERATIONS : FP_IMMEDIATE;
    switch (first & 0xF) {
    case 0x0: return top ? FP_ABS : FP_MOVE;
    case 0x1: return top ? FP_OPERATIONS : FP_NEG;
    case 0x4: return FP_CMP;
    case 0x5: return second & 0x2F ? FP_OPERATIONS : FP_CMP_ZERO;
    case 0x8: return top ? FP_FROM_S32 : FP_FROM_U32;
    case 0xC: return top ? FP_TO_U32 : FP_OPERATIONS;
    case 0xD: return top ? FP_TO_S32 : FP_OPERATIONS;
    default: return FP_OPERATIONS;
    }
}

static enum fp_operation operation_of(uint16_t first, uint16_t second)
{
    bool other = second & 0x40;
    switch (first >> 4 & 0xB) {
    case 0x0: return other ? FP_MLS : FP_MLA;
    case 0x1: return other ? FP_NMLA : FP_NMLS;
    case 0x2: return other ? FP_NMUL : FP_MUL;
    case 0x3: return other ? FP_SUB : FP_ADD;
    case 0x8: return other ? FP_OPERATIONS : FP_DIV;
    case 0xB: return unary(first, second);
    default: return FP_OPERATIONS;
    }
}

/* Data processing of single precision, A6.4. */
static bool data_processing(struct decoder *decoder, uint16_t first, uint16_t second)
{
    enum fp_operation operation = operation_of(first, second);
    uint32_t d = (second >> 12 & 0xFu) << 1 | (first >> 6 & 1);
    uint32_t n = (first & 0xFu) << 1 | (second >> 7 & 1), m = (second & 0xFu) << 1 | (second >> 5 & 1);
    if (operation == FP_OPERATIONS || second & 0x100)
        return false;
    if (operation == FP_IMMEDIATE) {
        emit(decoder, OP_MOV, SCRATCH, ZERO, ZERO, fp_immediate(first, second), 0);
        return emit(decoder, OP_FP, SINK, SCRATCH, ZERO, fp_operands(d, 0, 0), FP_FROM_CORE);
    }
    return emit(decoder, OP_FP, SINK, ZERO, ZERO, fp_operands(d, n, m), operation);
}

/* Between a core register and an S register or FPSCR, A6.6. */
static bool transfer(struct decoder *decoder, uint16_t first, uint16_t second)
{
    unsigned t = second >> 12;
    uint32_t s = (first & 0xFu) << 1 | (second >> 7 & 1);
    bool to_core = first & 0x10;
    if (first == 0xEEF1 && (second & 0xFFF) == 0xA10) { /* VMRS */
        if (t == PC)
            return emit(decoder, OP_FP, SINK, ZERO, ZERO, 0, FP_FLAGS);
        return t != SP && emit(decoder, OP_FP, t, ZERO, ZERO, 0, FP_STATUS);
    }
    if ((first & 0xFFE0) != 0xEE00 || (second & 0xF7F) != 0xA10 || t == SP || t == PC)
        return false;
    return emit(decoder, OP_FP, to_core ? t : SINK, to_core ? ZERO : t, ZERO, fp_operands(s, s, s),
                to_core ? FP_TO_CORE : FP_FROM_CORE);
}

bool decode_fp(struct decoder *decoder, uint16_t first, uint16_t second)
{
    if (!(first & 0x200))
        return load_store_fp(decoder, first, second);
    if (first & 0x100)
        return false;
    return second & 0x10 ? transfer(decoder, first, second)
                         : data_processing(decoder, first, second);
}
