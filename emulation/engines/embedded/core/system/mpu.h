/* The Memory Protection Unit (B3.5): its registers, and what its regions permit. */
#ifndef SYSTEM_MPU_H
#define SYSTEM_MPU_H

#include "base/base.h"

enum { MPU_REGIONS = 8 };

/* MPU_CTRL, B3.5.2. */
enum { MPU_CTRL_ENABLE = 1, MPU_CTRL_HFNMIENA = 2, MPU_CTRL_PRIVDEFENA = 4 };

/* What an address may be used for. */
enum rights { MAY_READ = 1, MAY_WRITE = 2, MAY_EXECUTE = 4 };

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
/* What the regions permit at an address, B3.5.3: enum rights. */
unsigned mpu_rights(const struct mpu *mpu, uint32_t address, bool privileged);
/* The same for all of a page. False: it differs within the page. */
bool mpu_page_rights(const struct mpu *mpu, uint32_t page, bool privileged, unsigned *rights);

#endif
