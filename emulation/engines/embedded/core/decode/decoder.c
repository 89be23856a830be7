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
