# C types for guard.py.
cimport cython
from libc.math cimport exp, log, tan

from jambox.sound.spectra cimport Spectra

cdef long DEPTH, FREQUENCY, GUARDED, HOWLS, NOTCH_METERS, NOTCHED, NOTCHES, STRIP_FLAGS, STRIP_METERS, TICK
cdef long BINS, HISTORY, PORTIONS, SPECTRUM, STEPS, WAIT, HOLD, LONGEST, PARDON, LOWEST, HIGHEST, SOON, LATE, STANDING
cdef long FREE, PROVING, HOLDING, LEAVING, PARDONED, STAGE, BIN, TAKEN, TIMER, KEPT, INTS
cdef long S, T, A1, A2, A3, FACTOR, SLOPE, HALFWAY, PRESENT, GOAL, DEEP, TOP, FLOATS
cdef double WIDTH, STEP, FALL, LET_GO, BELOW, ABOVE, COMPANY, LONELY, AUDIBLE, LOUD, MUCH, LITTLE, SLOWER, FASTER
cdef double LEVEL, STILL, DECIBELS, NEPERS, NOTHING, NEAR


cdef class Guard:
    cdef Spectra spectra
    cdef long[::1] flags, ticking, notching, suspects, ints
    cdef double[::1] meters, floats, sums
    cdef double glide, rate, width

    @cython.locals(guarded=long, portion=long)
    cdef void tick(self, Py_ssize_t i) noexcept

    @cython.locals(j=Py_ssize_t)
    cdef void run(self, Py_ssize_t i, double[::1] signals, Py_ssize_t first, Py_ssize_t frames) noexcept

    @cython.locals(row=Py_ssize_t, powers=float[::1], k=long, found=long, most=double, power=double)
    cdef long _suspect(self, Py_ssize_t i) noexcept

    @cython.locals(peak=double, beside=double, low=long, high=long)
    cdef bint _howls(self, Py_ssize_t i, long k) noexcept

    @cython.locals(quarter=long, now=double, rise=double, n=long, before=double)
    cdef bint _grows(self, Py_ssize_t i, long k, long age, double least) noexcept

    @cython.locals(now=double, age=long, third=long)
    cdef bint _stands(self, Py_ssize_t i, long k) noexcept

    @cython.locals(latest=long)
    cdef Py_ssize_t _row(self, Py_ssize_t i, long age) noexcept

    cdef double _level(self, Py_ssize_t i, long k, long age) noexcept

    @cython.locals(place=Py_ssize_t, power=double)
    cdef double _power(self, Py_ssize_t i, long k, long age) noexcept

    cdef bint _still(self, Py_ssize_t i, long k, long age) noexcept

    @cython.locals(place=Py_ssize_t, a=double, b=double, c=double, curve=double)
    cdef double _place(self, Py_ssize_t i, long k, long age) noexcept

    @cython.locals(j=Py_ssize_t, stage=long)
    cdef void _act(self, Py_ssize_t i) noexcept

    @cython.locals(j=Py_ssize_t, stage=long, timer=long, known=bint, free=Py_ssize_t, oldest=Py_ssize_t,
                   going=Py_ssize_t)
    cdef void _accuse(self, Py_ssize_t i, long k) noexcept

    @cython.locals(g=double, a1=double, start=Py_ssize_t)
    cdef void _engage(self, Py_ssize_t i, Py_ssize_t j, long k) noexcept

    cdef void _deepen(self, Py_ssize_t i, Py_ssize_t j) noexcept

    @cython.locals(power=double)
    cdef void _prove(self, Py_ssize_t i, Py_ssize_t j) noexcept

    cdef void _hold(self, Py_ssize_t j) noexcept

    @cython.locals(stage=long)
    cdef void _again(self, Py_ssize_t i, Py_ssize_t j) noexcept

    @cython.locals(j=Py_ssize_t)
    cdef void _dismiss(self, Py_ssize_t i) noexcept

    cdef void _set_depth(self, Py_ssize_t i, Py_ssize_t j, double depth) noexcept

    @cython.locals(notching=long, n=Py_ssize_t, j=Py_ssize_t, goal=double, halfway=double, present=double)
    cdef void _glide(self, Py_ssize_t i) noexcept


cdef double _decibels(double power) noexcept

@cython.locals(a1=double, a2=double, a3=double, s=double, t=double, factor=double, slope=double, k=Py_ssize_t,
               v=double, band=double, low=double)
cdef void _notch(double[::1] x, Py_ssize_t row, Py_ssize_t frames, double[::1] floats, Py_ssize_t n) noexcept
