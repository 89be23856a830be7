/*
 * The Memory Protection Unit (B3.5): its registers, what its regions permit, and who asks for it.
 *
 * While it is off, nobody asks. A change of its registers, or of an execution priority to which it
 * doesn't apply, is a request to the run loop: before the next block Unicorn's soft TLB, the page
 * cache and the blocks learned forget what they knew (run/run.c).
 */
#ifndef SYSTEM_MPU_H
#define SYSTEM_MPU_H

#include "state/memory.h"
#include "system/nvic.h"

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

/* What is permitted of the page that was asked for last. */
struct recent_page {
    uint32_t key; /* its address with bit 0 set; 0: none */
    unsigned rights;
};

/* What protection_update found for regions, which come again with each switch of threads. */
struct known_regions {
    struct mpu mpu;
    uint32_t executed_pages; /* of the memory map then */
    uint32_t executable; /* 0: there are none */
};

enum { KNOWN_REGIONS = 16 };

struct protection {
    bool active; /* since the last update */
    bool changed; /* the regions or MPU_CTRL, since the last update */
    uint32_t executable; /* a hash of the pages with code that may be executed */
    struct known_regions *known; /* by a hash of their registers */
    struct recent_page *recent; /* of unprivileged and of privileged code */
    const struct mpu *mpu;
    struct nvic *nvic;
    struct memory_map *map;
    struct schedule *schedule;
};

/* The MPU applies at this execution priority. */
bool protection_applies(const struct protection *protection);
/* MPU_CTRL or a region has another value. */
void protection_regions_changed(struct protection *protection);
/* The execution priority has changed. */
void protection_follow_priority(struct protection *protection);
/* It may change in the next block. */
void protection_request_update(struct protection *protection);
/* Before the next block. True: what is known of code has to be forgotten. The page cache has been; the
 * soft TLB is to be flushed if `flush`. */
bool protection_update(struct protection *protection, bool *flush);
/* All bytes of an access are permitted, if the MPU applies. */
bool protection_permits(const struct protection *protection, uint32_t address, uint32_t size,
                        enum rights right, bool privileged);

#endif
