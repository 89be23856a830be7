/*
 * Micro-ops: what decode/ makes of Thumb instructions and what execute/ and idle/ execute.
 *
 * A micro-op has up to two register operands and a value; the second operand of most is
 * r[m] + value, of which one is 0. An instruction of several micro-ops passes values in r[SCRATCH].
 */
#ifndef STATE_MICRO_OP_H
#define STATE_MICRO_OP_H

#include "base/base.h"

#define OPS(X) \
    X(LEAVE) /* not executed here: Unicorn executes the instruction */ \
    X(NOP) \
    X(MOV) X(MOVS) X(MVN) X(MVNS) X(MOVT) \
    X(SET_SP) /* to r[m], of which the lowest bits must be 0 */ \
    X(AND) X(ANDS) X(ORR) X(ORRS) X(EOR) X(EORS) X(BIC) X(BICS) X(ORN) X(ORNS) \
    X(ADD) X(ADDS) X(SUB) X(SUBS) X(RSB) X(RSBS) X(ADC) X(ADCS) X(SBC) X(SBCS) \
    X(SHIFT) /* of r[m] by `value`, its type in `how` */ \
    X(SHIFT_BY) /* of r[n] by r[m] */ \
    X(BFI) X(UBFX) X(SBFX) /* r[n]; lowest bit in `value`, width in `how` */ \
    X(SXTB) X(SXTH) X(UXTB) X(UXTH) X(REV) X(REV16) X(REVSH) X(RBIT) X(CLZ) /* of r[m] */ \
    X(MLA) X(MLS) /* with r[how] */ \
    X(UMULL) X(SMULL) X(UMLAL) X(SMLAL) /* to r[d] and above it r[how] */ \
    X(UDIV) X(SDIV) \
    X(UADD8) X(USUB8) X(SEL) /* by the GE flags, one for each byte */ \
    X(LDR) X(LDRH) X(LDRB) X(LDRSH) X(LDRSB) /* at r[n] + r[m] + value */ \
    X(STR) X(STRH) X(STRB) \
    X(LDRD) X(STRD) /* r[d] and r[m], at r[n] + value */ \
    X(LDR_TARGET) /* r[d], at r[n] + value: an address that BX can branch to */ \
    X(LDM) X(STM) /* registers `value` at r[n]; see enum multiple */ \
    X(VLDM) X(VSTM) /* `how` double registers from D`d` on, at r[n] + value */ \
    X(VLDR) X(VSTR) /* half `how` of the double register D`d`, at r[n] + value */ \
    X(FP) /* enum fp_operation `how` on S registers, fp_operands, and core registers d and n */ \
    X(UNLESS) /* unless condition `how` holds, skip `value` micro-ops */ \
    /* What ends a block. */ \
    X(GO) /* to `value` */ \
    X(GO_IF) /* to `value` if condition `how` holds, else on behind the block */ \
    X(GO_ZERO) X(GO_NONZERO) /* the same, by r[n] */ \
    X(GO_TO) /* to r[m], in this state */ \
    X(GO_TABLE) /* to `value` + 2 r[m] */ \
    X(BX) /* to r[m]; how: with link */ \
    X(SVC) X(WFI) /* then on to `value` */ \
    X(MRS) X(MSR) /* special register `value` */ \
    X(CPS) /* PRIMASK becomes `value` */

#define OP(name) OP_##name,
enum op_code { OPS(OP) };
#undef OP

/* Types of shifts. A rotation by 0 is by one bit through the carry. */
enum { LSL, LSR, ASR, ROR };

/* `how` of a micro-op that sets flags and isn't a sum: the carry. */
enum { CARRY_KEPT, CARRY_CLEAR, CARRY_SET, CARRY_SHIFTED };

/* `how` of OP_LDM and OP_STM. */
enum multiple { MULTIPLE_DOWN = 1, MULTIPLE_BACK = 2 };

/* `how` of OP_FP. */
enum fp_operation {
    FP_MLA, FP_MLS, FP_NMLA, FP_NMLS, FP_MUL, FP_NMUL, FP_ADD, FP_SUB, FP_DIV,
    FP_MOVE, FP_ABS, FP_NEG, FP_CMP, FP_CMP_ZERO,
    FP_FROM_S32, FP_FROM_U32, FP_TO_S32, FP_TO_U32, /* the latter towards 0 */
    FP_FROM_CORE, FP_TO_CORE,
    FP_STATUS, FP_FLAGS, /* VMRS to a core register, or to APSR */
    FP_OPERATIONS,
    FP_IMMEDIATE = FP_OPERATIONS + 1, /* while it is decoded */
};

/* `value` of OP_FP. */
static inline uint32_t fp_operands(uint32_t d, uint32_t n, uint32_t m)
{
    return d | n << 8 | m << 16;
}

enum { MAX_OPS = 6 }; /* of an instruction, with OP_UNLESS */

struct op {
    uint8_t code, d, n, m, how;
    uint8_t it; /* ITSTATE of the instruction, A7.3.3 */
    uint16_t at; /* halfwords from the block's start */
    uint32_t value;
};

/* A branch that goes on behind the block where it isn't taken. */
static inline bool op_is_branch(const struct op *op)
{
    return op->code == OP_GO_IF || op->code == OP_GO_ZERO || op->code == OP_GO_NONZERO;
}

#endif
