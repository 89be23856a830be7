#include "models/model.h"

bool model_peek(const struct window *window, uint32_t address, uint32_t *value)
{
    const struct model *model = window->model;
    uint32_t word = (address - window->base + window->offset) >> 2;
    if (word >= model->words || !model->plain[word])
        return false;
    *value = model->pins ? pins_word(model->pins, word) : model->values[word];
    return true;
}

uint32_t model_read(struct lines *lines, const struct window *window, uint32_t address,
                    unsigned width)
{
    struct model *model = window->model;
    uint32_t offset = address - window->base + window->offset, word = offset >> 2;
    if (word < model->words && model->plain[word]) {
        model->native_accesses++;
        return (model->pins ? pins_word(model->pins, word) : model->values[word]) >>
               8 * (offset & 3);
    }
    uint32_t arguments[] = {offset, width}, value = 0;
    schedule_note_effect(lines->host->schedule);
    if (model->port && !(offset & 3) &&
        port_read(lines, model->port, model->values, word, width, &value)) {
        model->native_accesses++;
        return value;
    }
    if (model->counter_count && width == 4 &&
        counters_read(model->counters, model->counter_count, &lines->host->schedule->shared, word,
                      &value)) {
        model->native_accesses++;
        return value;
    }
    if (model->queue && width == 4 && queue_read(model->queue, word, &value)) {
        model->native_accesses++;
        return value;
    }
    if (model->reply && !(offset & 3) && reply_read(model->reply, word, width, &value)) {
        model->native_accesses++;
        return value;
    }
    if (model->word_port && width == 4 && word_port_read(model->word_port, word, &value)) {
        model->native_accesses++;
        return value;
    }
    if (model->calendar && width == 4 &&
        calendar_read(model->calendar, &lines->host->schedule->shared, word, &value)) {
        model->native_accesses++;
        return value;
    }
    model->python_accesses++;
    host_call(lines->host, model->read, arguments, 2, &value);
    return value;
}

void model_write(struct lines *lines, const struct window *window, uint32_t address, uint32_t value,
                 unsigned width)
{
    struct model *model = window->model;
    uint32_t offset = address - window->base + window->offset, word = offset >> 2;
    if (word < model->words && model->storage[word]) {
        uint32_t mask = model->writable[word] & byte_lanes(offset, width);
        model->native_accesses++;
        model->values[word] = (model->values[word] & ~mask) | (value << 8 * (offset & 3) & mask);
        return;
    }
    if ((model->port && !(offset & 3) &&
         port_write(lines, model->port, model->values, word, value, width)) ||
        (model->word_port && width == 4 && word_port_write(model->word_port, word)) ||
        (model->crc_unit && !(offset & 3) &&
         crc_unit_write(model->crc_unit, model->values, word, value, width)) ||
        (width == 4 && model->ticker && ticker_write(model->ticker, word, value)) ||
        (width == 4 && model->copier && copier_write(model->copier, word, value)) ||
        (width == 4 && model->reply && reply_write(model->reply, word, value)) ||
        (width == 4 && ((model->pins && pins_write(lines, model->pins, word, value)) ||
                        (model->edges && edges_write(lines, model->edges, word, value))))) {
        model->native_accesses++;
        return;
    }
    uint32_t arguments[] = {offset, value, width};
    model->python_accesses++;
    host_call(lines->host, model->write, arguments, 3, NULL);
}
