/* What the core does by itself at its moment: flags of tickers, ends of copies and commands. */
#ifndef MODELS_AGENDA_H
#define MODELS_AGENDA_H

#include "models/copier.h"
#include "models/reply.h"
#include "models/ticker.h"

/* Whom to serve. Mirrored by native.py. */
struct served {
    struct ticker *tickers;
    struct copier *copiers;
    struct reply *replies;
    uint32_t ticker_count, copier_count, reply_count;
    uint64_t *sequence; /* the number of the last event scheduled */
};

struct agenda {
    struct timing timing;
    struct served served;
};

/* Serve these from now on; they stay the caller's. */
void agenda_set(struct agenda *agenda, const struct served *served);
/* Models or time may have changed: work out anew what comes next. */
void agenda_update(struct agenda *agenda);
/* Do that of which the cycle has come. */
void agenda_run(struct agenda *agenda);

#endif
