# C types for channels.py.
cimport cython
from libc.math cimport exp, log

from jambox.sound.guard cimport Guard

cdef long ACTIVE, CLIPPED, CLOSED, CLOSING, COEFFICIENTS, CUE, DEEPEST, DESIGN, FAULTS, FILTER, FILTERS, FLOOR
cdef long GAIN_ROWS, GAINS, GATING, LETTING, LEVEL_BEFORE, LEVEL_NOW, LINE, LISTENED, LOUD, LOUDNESS, OPENING, PARTNER
cdef long PEAK, REDUCTION, RESTLESS, SEIZING, SEND, SHUT, SIDE, SLOPE, SQUARE, SQUARES, STEEPNESS, STRIP_FLAGS
cdef long STRIP_METERS, STRIP_STATE, THRESHOLD, TICK, TOP, TURNED_DOWN, WANTED
cdef double LOUDEST, NEAR, CORNERS, HALF_KNEE, SILENCE, SETTLED, FULL


cdef class Channels:
    cdef Guard guard
    cdef long strips, hold, ticks
    cdef double glide, fall, mean
    cdef double[::1] goals, halfway, present, state, meters, faults, line, slopes, targets, signals, keys
    cdef long[::1] flags

    @cython.locals(i=Py_ssize_t, n=Py_ssize_t)
    cpdef settle(self)

    @cython.locals(i=Py_ssize_t, turn=bint, moving=bint, changing=bint)
    cpdef tick(self)

    @cython.locals(i=Py_ssize_t, f=Py_ssize_t, k=Py_ssize_t)
    cpdef run(
        self, float[::1] captured, double[::1] buses, Py_ssize_t width, Py_ssize_t first, Py_ssize_t at,
        Py_ssize_t frames)

    @cython.locals(n=Py_ssize_t, gap=double, lag=double, near=bint, corner=bint, glide=double, moving=bint)
    cdef bint _glide(self, Py_ssize_t i) noexcept

    @cython.locals(start=Py_ssize_t, n=Py_ssize_t, f=Py_ssize_t, changing=bint)
    cdef bint _aim(self, Py_ssize_t i) noexcept

    @cython.locals(f=Py_ssize_t, n=Py_ssize_t, active=Py_ssize_t, design=Py_ssize_t, state=Py_ssize_t, flat=bint,
                   idle=bint)
    cdef void _look(self, Py_ssize_t i) noexcept

    @cython.locals(state=Py_ssize_t, k=Py_ssize_t)
    cdef void _forget(self, Py_ssize_t i) noexcept

    @cython.locals(state=Py_ssize_t, meters=Py_ssize_t, flags=Py_ssize_t, square=double)
    cdef void _measure(self, Py_ssize_t i, bint turn) noexcept

    cdef void _let_go(self, Py_ssize_t i, Py_ssize_t goal, Py_ssize_t present) noexcept

    @cython.locals(state=Py_ssize_t, design=Py_ssize_t, loudness=double, over=double, wanted=double, under=double,
                   shut=double)
    cdef void _judge(self, Py_ssize_t i, double level) noexcept

    @cython.locals(place=Py_ssize_t, row=Py_ssize_t, index=Py_ssize_t, k=Py_ssize_t, trim=double, slope=double,
                   x=double, top=double)
    cdef void _take(self, Py_ssize_t i, float[::1] captured, Py_ssize_t first, Py_ssize_t frames) noexcept

    @cython.locals(state=Py_ssize_t, place=Py_ssize_t)
    cdef void _filter(self, Py_ssize_t i, Py_ssize_t f, double[::1] x, Py_ssize_t frames) noexcept

    @cython.locals(state=Py_ssize_t, design=Py_ssize_t, mine=Py_ssize_t, theirs=Py_ssize_t, k=Py_ssize_t, now=double,
                   down=double, closed=double, level=double, wanted=double, shut=double, seizing=double,
                   letting=double, opening=double, closing=double, key=double)
    cdef void _dynamics(self, Py_ssize_t i, Py_ssize_t frames) noexcept

    @cython.locals(row=Py_ssize_t, state=Py_ssize_t, gains=Py_ssize_t, k=Py_ssize_t, loud=double, squares=double)
    cdef void _sum(self, Py_ssize_t i, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept


@cython.locals(g=double, k=double, m0=double, m1=double, m2=double, a1=double, a2=double, a3=double)
cdef void _solve(double[::1] design, Py_ssize_t d, double[::1] out, Py_ssize_t n) noexcept

@cython.locals(b1=double, b2=double, b4=double, c0=double, c1=double, c2=double, p1=double, p2=double, p4=double,
               q0=double, q1=double, q2=double, s=double, t=double, v=double, d=double, k=Py_ssize_t)
cdef void _run(double[::1] x, Py_ssize_t row, Py_ssize_t frames, double[::1] line, double[::1] slopes, Py_ssize_t n,
               double[::1] state, Py_ssize_t m) noexcept

@cython.locals(gain=double, slope=double, k=Py_ssize_t)
cdef void _add(double[::1] x, Py_ssize_t row, Py_ssize_t frames, double[::1] line, double[::1] slopes, Py_ssize_t n,
               double[::1] out, Py_ssize_t at) noexcept
