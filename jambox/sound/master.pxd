# C types for master.py.
cimport cython
from libc.math cimport exp

from jambox.sound.hall cimport Hall

cdef long BUS_METERS, CUE, CUE_GAIN, DRONE_CUE, DRONE_SEND, DUCKED, DUCKING, ENERGY, ENVELOPE, FAULTS, HALL, HOUSE_DESIGN
cdef long HOUSE_LINE, INPUTS, LIMITED, PHASES, RECENT, RETURN, RHYTHM_CUE, RHYTHM_SEND, ROWS, SEND, SLOTS, SOLOING, TAPS
cdef long TICK, TONE, TONE_HIGH, TONE_LOW
cdef long TRUE_PEAK, VOLUME, WIDTH, WORDS, YIELD_FROM, YIELD_TO, YIELDING
cdef double LOUDEST, NEAR, YIELD_RANGE


cdef class Master:
    cdef Hall hall
    cdef double[::1] levels, glides, goals, halfway, present, meters, taps, weighting, line, slopes, targets, gathered
    cdef double[::1] tilt, weighed, slots, registers
    cdef double level_glide, release, glide, fall, mean, giving, taking, ceiling, headroom, worst
    cdef long slot, ticks

    @cython.locals(n=Py_ssize_t)
    cpdef settle(self)

    @cython.locals(n=Py_ssize_t, gap=double, lag=double, near=bint)
    cpdef tick(self, double loudness)

    @cython.locals(bus=Py_ssize_t, out=Py_ssize_t, k=Py_ssize_t)
    cpdef run(self, float[::1] played, float[::1] cue, double[::1] buses, Py_ssize_t width, Py_ssize_t first,
              Py_ssize_t at, Py_ssize_t frames)

    @cython.locals(wanted=double, over=double, ducked=double)
    cdef void _duck(self, double loudness) noexcept

    @cython.locals(n=Py_ssize_t)
    cdef void _aim(self) noexcept

    @cython.locals(n=Py_ssize_t, square=double)
    cdef void _measure(self) noexcept

    @cython.locals(n=Py_ssize_t, energy=double)
    cdef void _turn(self) noexcept

    @cython.locals(level=double, slope=double, k=Py_ssize_t)
    cdef void _solo(self, Py_ssize_t gain, double[::1] buses, Py_ssize_t width, Py_ssize_t row, Py_ssize_t at,
                    Py_ssize_t frames) noexcept

    @cython.locals(duck=double, slope=double, bus=Py_ssize_t, level=double, goal=double, yielding=double,
                   row=Py_ssize_t, k=Py_ssize_t, gain=double)
    cdef void _scale(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(k=Py_ssize_t, row=Py_ssize_t, left=double, right=double)
    cdef void _guard(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(peak=double, squares=double, k=Py_ssize_t, left=double, right=double)
    cdef void _gather(self, Py_ssize_t bus, double[::1] buses, Py_ssize_t width, Py_ssize_t row,
                      Py_ssize_t frames) noexcept

    @cython.locals(drone=double, rhythm=double, k=Py_ssize_t)
    cdef void _join(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(gain=double, k=Py_ssize_t)
    cdef void _return(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(share=double, low=double, high=double, wide=double, first=double, second=double, volume=double,
                   k=Py_ssize_t, left=double, right=double, step=double, below=double, middle=double, side=double)
    cdef void _shape(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(envelope=double, recent=double, limited=double, loudest=double, k=Py_ssize_t, left=double,
                   right=double, peak=double, share=double, most=double)
    cdef void _limit(self, double[::1] buses, Py_ssize_t width, Py_ssize_t at, Py_ssize_t frames) noexcept

    @cython.locals(share=double, n=Py_ssize_t, before=double, more=double, room=double)
    cdef double _room(self, Py_ssize_t row, double x) noexcept

    @cython.locals(n=Py_ssize_t, peak=double)
    cdef double _enter(self, Py_ssize_t row, double x) noexcept

    @cython.locals(w="double[::1]", z=Py_ssize_t, energy=double, z1=double, z2=double, z3=double, z4=double,
                   k=Py_ssize_t, x=double, y=double)
    cdef void _weigh(self, double[::1] buses, Py_ssize_t row, Py_ssize_t side, Py_ssize_t frames) noexcept

    @cython.locals(solo=double, slope=double, level=double, rise=double, k=Py_ssize_t, side=Py_ssize_t, x=double)
    cdef void _cue(self, float[::1] cue, double[::1] buses, Py_ssize_t width, Py_ssize_t first, Py_ssize_t at,
                   Py_ssize_t frames) noexcept
