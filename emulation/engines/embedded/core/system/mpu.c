#include "system/mpu.h"

enum { MPU_TYPE = 0xD90, MPU_CTRL = 0xD94, MPU_RNR = 0xD98, MPU_RBAR = 0xD9C, MPU_END = 0xDBC };

#define CTRL_MASK 7
#define RASR_MASK 0x173FFF3F
#define RBAR_VALID (1u << 4)
#define RBAR_ADDR_MASK 0xFFFFFFE0

bool mpu_has(uint32_t offset)
{
    return offset >= MPU_TYPE && offset < MPU_END;
}

/* RBAR and RASR have three aliases (B3.5.8), so that a store-multiple can set several regions. */
static bool is_rasr(uint32_t offset)
{
    return (offset - MPU_RBAR) & 4;
}

uint32_t mpu_read(const struct mpu *mpu, uint32_t offset)
{
    unsigned region = mpu->number & (MPU_REGIONS - 1);
    switch (offset) {
    case MPU_TYPE: return MPU_REGIONS << 8;
    case MPU_CTRL: return mpu->control;
    case MPU_RNR: return mpu->number;
    default: return is_rasr(offset) ? mpu->regions[region].rasr : mpu->regions[region].rbar;
    }
}

void mpu_write(struct mpu *mpu, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case MPU_TYPE: return;
    case MPU_CTRL: mpu->control = value & CTRL_MASK; return;
    case MPU_RNR: mpu->number = value & (MPU_REGIONS - 1); return;
    default: break;
    }
    if (is_rasr(offset)) {
        mpu->regions[mpu->number].rasr = value & RASR_MASK;
        return;
    }
    if (value & RBAR_VALID) /* REGION selects */
        mpu->number = value & (MPU_REGIONS - 1);
    mpu->regions[mpu->number].rbar = (value & RBAR_ADDR_MASK) | mpu->number;
}
