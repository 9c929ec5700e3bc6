# C types for hall.py.
cimport cython
from libc.math cimport cos, exp, sqrt

cdef long HALL_DELAY, HALL_GAIN, HALL_POLE, HALL_INPUT, HALL_DESIGN, REVERB_SIZE, REVERB_DECAY, REVERB_DAMPING
cdef long LINES, DIFFUSERS, LEFT_SIGNS, RIGHT_SIGNS, TICK
cdef double NEAR, ROUNDS, SPEED_OF_SOUND, TAU, LN_1000, EIGHTH, MIDDLE


cdef class Hall:
    cdef float[::1] lines, diffusers
    cdef double[::1] tuning, shares, goals, present, state, new, slopes
    cdef long[::1] primes
    cdef long length, short, written
    cdef double glide, step, fade
    cdef bint fading, moving

    @cython.locals(decay=double, cosine=double, mean=double, kept=double, i=Py_ssize_t, length=long, delay=double,
                   gain=double, pole=double)
    cpdef design(self, double[::1] values, Py_ssize_t v, double rate)

    @cython.locals(n=Py_ssize_t)
    cpdef settle(self)

    @cython.locals(n=Py_ssize_t, i=Py_ssize_t, gap=double)
    cpdef tick(self)

    @cython.locals(length=long, short=long, k=Py_ssize_t, place=long, x=double, i=Py_ssize_t, y=double)
    cpdef run(self, double[::1] buses, Py_ssize_t send, Py_ssize_t left, Py_ssize_t right, Py_ssize_t frames)

    @cython.locals(delay=long, x=double)
    cdef double _read(self, Py_ssize_t i, long start, long place) noexcept

    @cython.locals(n=Py_ssize_t)
    cdef void _move(self) noexcept

    @cython.locals(i=Py_ssize_t)
    cdef void _fade(self) noexcept


@cython.locals(a=double, b=double)
cdef double _pole(double kept, double cosine) noexcept

@cython.locals(delay=long, gain=double, old=double)
cdef double _diffuse(
    float[::1] lines, long start, long mask, long written, double[::1] tuning, Py_ssize_t i, double x) noexcept

@cython.locals(i=Py_ssize_t, a=double, b=double, c=double, d=double)
cdef void _mingle(double[::1] state) noexcept
