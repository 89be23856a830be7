#include "decode/decoder.h"

bool emit(struct decoder *decoder, enum op_code code, unsigned d, unsigned n, unsigned m,
          uint32_t value, unsigned how)
{
    *decoder->op++ = (struct op){(uint8_t)code, (uint8_t)d, (uint8_t)n,   (uint8_t)m,
                                 (uint8_t)how,  decoder->it, decoder->at, value};
    return true;
}

void describe_access(struct decoder *decoder, unsigned alignment, unsigned n, unsigned m,
                     unsigned shift, uint32_t offset)
{
    if (n == PC) {
        n = ZERO;
        offset += (decoder->pc + 4) & ~3u;
    }
    decoder->last.operand = (struct memory_operand){(uint8_t)alignment, (uint8_t)n, (uint8_t)m,
                                                    (uint8_t)shift, offset};
}

void describe_words(struct decoder *decoder, unsigned n, uint32_t offset)
{
    describe_access(decoder, 4, n, ZERO, 0, offset);
    decoder->last.flags |= INSTRUCTION_ALIGNED;
}

void describe_operands(struct decoder *decoder, unsigned d, unsigned n, unsigned m, unsigned a,
                       bool variant)
{
    struct instruction *last = &decoder->last;
    last->d = (uint8_t)d;
    last->n = (uint8_t)n;
    last->m = (uint8_t)m;
    last->a = (uint8_t)a;
    last->variant = variant;
}

void describe_conversion(struct decoder *decoder, uint16_t first, uint16_t second)
{
    if ((first & 0xFFBE) != 0xEEBA || (second & 0x0FD0) != 0x0AC0)
        return;
    unsigned immediate = (second & 0xFu) << 1 | (second >> 5 & 1);
    decoder->last.flags |= INSTRUCTION_FIXED_POINT;
    describe_operands(decoder, (second >> 12) << 1 | (first >> 6 & 1), 32 - immediate, 0, 0, first & 1);
}
