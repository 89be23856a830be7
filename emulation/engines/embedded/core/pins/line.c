#include "pins/line.h"

void line_drive(struct lines *lines, PyObject *line, unsigned exception, bool level)
{
    if (bit_get(lines->nvic->state.line, exception) == level)
        return;
    host_set_level(lines->host, line, level);
    nvic_set_line(lines->nvic, exception, level);
}
