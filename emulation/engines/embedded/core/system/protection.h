/*
 * The MPU enforced (B3.5): who asks for what it permits, and when its answers change.
 *
 * While it is off, nobody asks. A change of its registers, or of an execution priority to which it
 * doesn't apply, is a request to the run loop: before the next block Unicorn's soft TLB, the page
 * cache and the blocks learned forget what they knew (run/run.c).
 */
#ifndef SYSTEM_PROTECTION_H
#define SYSTEM_PROTECTION_H

#include "state/memory.h"
#include "system/mpu.h"
#include "system/nvic.h"

struct protection {
    bool active; /* since the last update */
    uint32_t executable; /* a hash of the pages with code that may be executed */
    const struct mpu *mpu;
    struct nvic *nvic;
    struct memory_map *map;
    struct schedule *schedule;
};

/* The MPU applies at this execution priority. */
bool protection_applies(const struct protection *protection);
/* Something has changed that it depends on. */
void protection_request_update(struct protection *protection);
/* Before the next block. True: what is known of code has to be forgotten. The page cache has been; the
 * soft TLB is to be flushed if `flush`. */
bool protection_update(struct protection *protection, bool *flush);
/* All bytes of an access are permitted, if the MPU applies. */
bool protection_permits(const struct protection *protection, uint32_t address, uint32_t size,
                        enum rights right, bool privileged);

#endif
