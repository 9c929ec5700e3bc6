# C types for mix.py.
cimport cython

from jambox.sound.channels cimport Channels
from jambox.sound.master cimport Master

cdef long BUS, DARK, GOAL, LEFT, LENGTH, LEVEL, LOUDNESS, LOW, OFFSET, POLE, POSITION, RAMP, RIGHT, ROWS, SLIDE, STEP
cdef long STRIP_STATE, TICK, VOICE_FLOATS, VOICE_INTS, YIELD_TO


cdef class Mix:
    cdef Channels channels
    cdef Master master
    cdef float[::1] bank
    cdef long[:, ::1] voice_int
    cdef double[:, ::1] voice_float
    cdef double[::1] state, house, buses
    cdef Py_ssize_t width, phase

    @cython.locals(row=Py_ssize_t, k=Py_ssize_t, live=long, done=Py_ssize_t, span=Py_ssize_t)
    cpdef long render(
        self, float[::1] captured, float[::1] played, float[::1] cue, Py_ssize_t first, Py_ssize_t frames, long voices)

    @cython.locals(following=long)
    cdef double _loudness(self) noexcept

    @cython.locals(v=Py_ssize_t, live=Py_ssize_t, k=Py_ssize_t)
    cdef long _voices(self, Py_ssize_t frames, long voices) noexcept

    @cython.locals(start=long, last=long, position=double, step=double, level=double, left=double, right=double,
                   row=Py_ssize_t, steady=long, remaining=long, whole=long, exact=bint, dark=double)
    cdef bint _voice(self, Py_ssize_t v, Py_ssize_t frames) noexcept

    @cython.locals(dark=double, pole=double, low=double, x=double, k=Py_ssize_t, other=Py_ssize_t)
    cdef void _soft(self, Py_ssize_t v, Py_ssize_t at, Py_ssize_t frames, double left, double right,
                    Py_ssize_t row) noexcept

    @cython.locals(start=long, last=long, position=double, step=double, level=double, ramp=double, row=Py_ssize_t,
                   goal=double, slide=double, i=Py_ssize_t, whole=long, x=double, dark=double, pole=double,
                   low=double)
    cdef bint _rest(self, Py_ssize_t v, Py_ssize_t first, Py_ssize_t frames) noexcept


@cython.locals(k=Py_ssize_t, x=double)
cdef void _play(float[::1] bank, Py_ssize_t at, Py_ssize_t frames, double left, double right, double[::1] buses,
                Py_ssize_t row, Py_ssize_t other) noexcept

@cython.locals(k=Py_ssize_t, whole=long, x=double)
cdef double _pitch(float[::1] bank, Py_ssize_t start, double position, double step, Py_ssize_t frames,
                   double left, double right, double[::1] buses, Py_ssize_t row, Py_ssize_t other) noexcept
