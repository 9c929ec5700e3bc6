# C types for spectra.py.
cimport cython
from libc.math cimport cos, sin

cdef long TICK, SPECTRUM, HALF, BINS, HOP, STAGES, LOADING, SQUARING, PORTIONS, HISTORY, RAW, THIN, LENGTH
cdef double TAU


cdef class Spectra:
    cdef readonly long factor
    cdef long taps, turns
    cdef float[::1] history, raw, thin
    cdef long[::1] latest, ticks, written, begun, places
    cdef double[::1] real, imaginary, filter, window, cosines, sines

    @cython.locals(n=long, bit=long, place=long, total=double, x=double)
    cdef _lay(self)

    @cython.locals(n=Py_ssize_t)
    cdef void forget(self, Py_ssize_t i) noexcept

    @cython.locals(written=long, k=Py_ssize_t)
    cdef void listen(self, Py_ssize_t i, double[::1] signals, Py_ssize_t first, Py_ssize_t frames) noexcept

    @cython.locals(turn=long)
    cdef long tick(self, Py_ssize_t i) noexcept

    @cython.locals(end=long, n=long, start=long, newest=long, early=long, late=long, t=long, x=double)
    cdef void _thin_out(self, Py_ssize_t i) noexcept

    @cython.locals(begun=long, thin=long, n=long, place=long)
    cdef void _load(self, Py_ssize_t i, long first) noexcept

    @cython.locals(distance=long, turn=long, c=double, s=double, a=Py_ssize_t, b=Py_ssize_t, x=double, y=double)
    cdef void _turn(self, Py_ssize_t i, long stage) noexcept

    @cython.locals(row=long, start=long, k=long, other=long, a=double, b=double, p=double, q=double, even=double,
                   more=double, odd=double, less=double, x=double, y=double)
    cdef void _square(self, Py_ssize_t i, long first) noexcept
