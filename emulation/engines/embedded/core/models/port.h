/*
 * Data registers whose words the core moves by itself (peripherals/base/stream.py): every access
 * that only takes a word from one queue to another, or switches interrupts on and off.
 */
#ifndef MODELS_PORT_H
#define MODELS_PORT_H

#include "pins/line.h"
#include "state/signal_log.h"

/* Mirrors of the indices in peripherals/base/stream.py. */
enum { STREAM_NEXT, STREAM_END, STREAM_KEPT, STREAM_ROOM, STREAM_IDLE, STREAM_MORE };
enum { PORT_OPEN, PORT_READABLE, PORT_FIFO, PORT_LEVEL, PORT_INTERRUPTS, PORT_SETTINGS,
       PORT_ERRORS, PORT_FRAME, PORT_ANSWER, PORT_STATUS };
enum { OPEN_TO_STREAM = 1, OPEN_TO_NOTHING };
enum { STREAM_BITS = 16 /* of a word */ };
enum { PORT_CAUSES = 4, PORT_LEVELS = 5 /* 0 to 4 bytes in the receive FIFO */ };

/* Mirrored by native.py. */
struct port {
    uint32_t *state;
    uint32_t *stream; /* NULL: the device has none */
    uint16_t *sent, *received;
    uint32_t data, status, control; /* words of the model */
    struct {
        uint32_t enable, status;
    } causes[PORT_CAUSES];
    uint32_t overrun; /* bit of the status */
    uint32_t exception; /* that the line and nothing else drives; 0: the port isn't served */
    PyObject *line;
    PyObject *ended; /* called once the stream's last word has been sent */
    struct signal_log *log; /* where words are noted, or NULL */
    uint32_t source; /* the number that they are noted with */
};

/* Mirrors of the indices in peripherals/base/stream.py. */
enum { QUEUE_NEXT, QUEUE_END };

/* Words that are known before they are read. Mirrored by native.py. */
struct queue {
    uint32_t *state, *words, *values; /* the last are the model's */
    uint32_t data, status, ready;
};

enum { WORD_OPEN, WORD_FULL, WORD_ANSWER, WORD_STATUS };

/* Registers to send and to receive, one word at a time. Mirrored by native.py. */
struct word_port {
    uint32_t *state, *values; /* the latter are the model's */
    uint32_t send, receive, status;
};

/* A store to or a load of `word`. False: the model serves it. */
bool word_port_write(const struct word_port *port, uint32_t word);
bool word_port_read(const struct word_port *port, uint32_t word, uint32_t *value);

/* A load of `word`. False: the model serves it. */
bool queue_read(const struct queue *queue, uint32_t word, uint32_t *value);

/* A load of `word` of a model with these register values. False: the model serves it. */
bool port_read(struct lines *lines, struct port *port, uint32_t *values, uint32_t word,
               unsigned width, uint32_t *value);
/* A store to the start of `word`. False: the model serves it. */
bool port_write(struct lines *lines, struct port *port, uint32_t *values, uint32_t word,
                uint32_t value, unsigned width);

#endif
