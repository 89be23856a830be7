/* A decoder's state: where it is, and what it made of the last instruction. */
#ifndef DECODE_DECODER_H
#define DECODE_DECODER_H

#include "state/memory.h"
#include "state/micro_op.h"
#include "state/registers.h"

enum instruction_flags {
    INSTRUCTION_FPU = 1, /* coprocessors 10 and 11 */
    INSTRUCTION_SEV = 2,
    INSTRUCTION_WFE = 4,
    INSTRUCTION_ALIGNED = 8, /* its address must be aligned whatever CCR says, A3.2.1 */
    INSTRUCTION_EXCLUSIVE = 16, /* LDREX and the like: it opens the local monitor, A3.4 */
    INSTRUCTION_UNPRIVILEGED = 64, /* LDRT, STRT and the like ... */
    INSTRUCTION_STORE = 128, /* ... of which it is one that stores */
    INSTRUCTION_SEMIHOSTING = 256, /* BKPT 0xAB */
    INSTRUCTION_MASKS = 32, /* it may change PRIMASK, BASEPRI or FAULTMASK */
    INSTRUCTION_CONTROL = 512, /* MRS of CONTROL */
    INSTRUCTION_FIXED_POINT = 1024, /* VCVT from fixed-point words, always to the nearest */
    INSTRUCTION_DUAL = 2048, /* SMLAD, SMLADX */
    INSTRUCTION_LAST = 4096, /* Unicorn ends a block behind it, always */
    INSTRUCTION_BASEPRI = 8192, /* MSR of BASEPRI: Unicorn keeps bits that the chip lacks */
};

/* The first address of a load or store: r[base] + (r[index] << shift) + offset. */
struct memory_operand {
    uint8_t alignment; /* in bytes, that CCR.UNALIGN_TRP asks for; 0: no load or store */
    uint8_t base, index, shift; /* registers; ZERO for none */
    uint32_t offset;
};

struct instruction {
    uint32_t address;
    uint8_t size; /* in bytes */
    uint16_t flags; /* enum instruction_flags */
    uint8_t divisor; /* the register of SDIV and UDIV; ZERO for others */
    uint8_t stack; /* the register that MSR writes to a stack pointer; ZERO for others ... */
    uint8_t special; /* ... and which: SYSM_MSP, SYSM_PSP */
    uint8_t d, n, m, a; /* operands of INSTRUCTION_CONTROL and the flags behind it; of a VCVT its S
                         * register and its number of fraction bits */
    bool variant; /* VCVT: of unsigned words; SMLADX */
    bool executable; /* its micro-ops can be executed; they may be OP_LEAVE if it is conditional */
    bool leaves; /* its micro-op is OP_LEAVE */
    struct memory_operand operand;
};

struct decoder {
    const struct memory_map *map;
    uint32_t pc; /* of the instruction to decode */
    uint16_t at; /* halfwords from the block's start */
    uint8_t it; /* ITSTATE at that instruction, A7.3.3 */
    struct op *op; /* where the next micro-op goes */
    struct instruction last; /* decoded last */
};

/* Describe VCVT from fixed-point words (A7.7.228), if it is one. */
void describe_conversion(struct decoder *decoder, uint16_t first, uint16_t second);

/* The least number in both halves: their products are the only ones whose sum overflows. */
#define DUAL_MINIMUM 0x80008000u

/* Bytes of the instruction that begins with this halfword. */
static inline unsigned instruction_size(uint16_t first)
{
    return first >> 11 >= 0x1D ? 4 : 2;
}

/* Append a micro-op. True, so that it can end a function that decodes. */
bool emit(struct decoder *decoder, enum op_code code, unsigned d, unsigned n, unsigned m,
          uint32_t value, unsigned how);
/* Describe a load or store at r[n] + (r[m] << shift) + offset; n may be PC, which is aligned. */
void describe_access(struct decoder *decoder, unsigned alignment, unsigned n, unsigned m,
                     unsigned shift, uint32_t offset);

/* Describe a load or store of words at r[n] + offset that must be aligned. */
void describe_words(struct decoder *decoder, unsigned n, uint32_t offset);

/* Describe the operands of an instruction that the core may execute itself. */
void describe_operands(struct decoder *decoder, unsigned d, unsigned n, unsigned m, unsigned a,
                       bool variant);

#endif
