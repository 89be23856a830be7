/* The Memory Protection Unit's registers (B3.5). They store; regions are not enforced. */
#ifndef SYSTEM_MPU_H
#define SYSTEM_MPU_H

#include "base/base.h"

enum { MPU_REGIONS = 8 };

/* Part of a snapshot. */
struct mpu {
    uint32_t control, number;
    struct {
        uint32_t rbar, rasr;
    } regions[MPU_REGIONS];
};

/* Offsets are from 0xE000E000: 0xD90 to 0xDB8. */
bool mpu_has(uint32_t offset);
uint32_t mpu_read(const struct mpu *mpu, uint32_t offset);
void mpu_write(struct mpu *mpu, uint32_t offset, uint32_t value);

#endif
