/* The layout of the structures that native.py mirrors, so that it notices a difference. */
#ifndef RUN_LAYOUT_H
#define RUN_LAYOUT_H

#include "base/base.h"

struct layout {
    const char *structure, *field; /* without a field: the structure as a whole */
    uint32_t offset, size; /* bytes */
};

/* Every field of every mirrored structure; the last entry has no structure. */
EXPORT const struct layout *core_layout(void);

#endif
