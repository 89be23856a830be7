/* What the core uses of the Python interpreter, whose lock is held during a run. Its headers are not
 * needed: native.py hands in the functions. */
#ifndef BASE_PYTHON_H
#define BASE_PYTHON_H

#include "base/base.h"

typedef struct PyObject PyObject;

struct python {
    PyObject *(*vectorcall)(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *);
    PyObject *(*from_unsigned)(unsigned long);
    unsigned long (*as_unsigned)(PyObject *);
    void (*decref)(PyObject *);
    PyObject *(*error)(void);
    int (*setattr)(PyObject *object, PyObject *name, PyObject *value);
    void *(*pointer_of)(PyObject *capsule, const char *name);
};

#endif
