# C types for design.py.
cimport cython
from libc.math cimport cos, exp, log, sin, sqrt, tan

cdef long TRIM, INVERT, HIGH_PASS, EQ_LOW, EQ_MID, EQ_MID_FREQUENCY, EQ_HIGH
cdef long GATE_THRESHOLD, GATE_RATIO, GATE_RANGE, GATE_ATTACK, GATE_RELEASE
cdef long COMPRESSOR_THRESHOLD, COMPRESSOR_RATIO, COMPRESSOR_ATTACK, COMPRESSOR_RELEASE, COMPRESSOR_MAKE_UP
cdef long COMPRESSOR_SIDE_CHAIN, PAN, REVERB, MUTE, SOLO
cdef long DRONE_REVERB, DRONE_SOLO, RHYTHM_REVERB, RHYTHM_SOLO, REVERB_LEVEL, DUCK_STRIP, DUCK_DEPTH, DUCK_THRESHOLD
cdef long MASTER_TONE, MASTER_WIDTH, CUE_LEVEL
cdef long FILTER, SIDE, GAINS, GAIN_LEFT, GAIN_RIGHT, GAIN_SEND, GAIN_CUE_LEFT, GAIN_CUE_RIGHT
cdef long FLOOR, STEEPNESS, DEEPEST, OPENING, CLOSING, THRESHOLD, SLOPE, SEIZING, LETTING
cdef long TONE, TONE_LOW, TONE_HIGH, WIDTH, RETURN, DRONE_SEND, RHYTHM_SEND
cdef long DRONE_CUE, RHYTHM_CUE, CUE_GAIN, YIELD_TO, YIELDING, YIELD_FROM
cdef double PI, NEPERS, BUTTERWORTH, LOW_SHELF, HIGH_SHELF, TILT, MID_K, HIGHEST, QUIETEST

@cython.locals(i=Py_ssize_t)
cpdef clamp(double[::1] values, double[::1] lows, double[::1] highs)

cpdef strip(double[::1] values, Py_ssize_t v, double[::1] design, Py_ssize_t d, double rate, long side)

@cython.locals(corner=double, a=double, g=double, k=double)
cdef void _filters(double[::1] values, Py_ssize_t v, double[::1] design, Py_ssize_t d, double rate) noexcept

cdef void _put(
    double[::1] design, Py_ssize_t d, double g, double k, double m0, double m1, double m2) noexcept

cdef double _tangent(double frequency, double rate) noexcept

cdef void _dynamics(double[::1] values, Py_ssize_t v, double[::1] design, Py_ssize_t d, double rate) noexcept

cdef double _share(double milliseconds, double rate) noexcept

@cython.locals(trim=double, angle=double, gain=double, left=double, right=double, heard=double, alone=double)
cdef void _gains(double[::1] values, Py_ssize_t v, double[::1] design, Py_ssize_t d, long side) noexcept

cdef double _switch(double value) noexcept

cdef double _send(double level) noexcept

cpdef house(double[::1] values, Py_ssize_t v, double[::1] design, double rate)
