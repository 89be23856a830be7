/* What the core does by itself at its moment: flags of tickers, ends of copies. */
#ifndef MODELS_AGENDA_H
#define MODELS_AGENDA_H

#include "models/copier.h"
#include "models/ticker.h"

struct agenda {
    struct timing timing;
    struct ticker *tickers;
    struct copier *copiers;
    uint32_t ticker_count, copier_count;
};

/* Serve these from now on; they stay the caller's. */
void agenda_set(struct agenda *agenda, struct ticker *tickers, uint32_t ticker_count,
                struct copier *copiers, uint32_t copier_count, uint64_t *sequence);
/* Models or time may have changed: work out anew what comes next. */
void agenda_update(struct agenda *agenda);
/* Do that of which the cycle has come. */
void agenda_run(struct agenda *agenda);

#endif
