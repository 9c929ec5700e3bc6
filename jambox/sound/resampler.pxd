# C types for resampler.py.
cimport cython

cdef long TAPS, PHASES

@cython.locals(channels=Py_ssize_t, capacity=Py_ssize_t, frames=Py_ssize_t, i=Py_ssize_t, k=Py_ssize_t, c=Py_ssize_t,
               first=Py_ssize_t, before=Py_ssize_t, row=Py_ssize_t, whole=long, place=double, pace=double, glide=double, phase=double,
               rest=double, x=double)
cpdef double resample(double[:, ::1] taps, float[:, ::1] ring, double position, double step, double goal,
                      double[::1] weights, float[::1] out, long offset, long stride)

@cython.locals(capacity=Py_ssize_t, rows=Py_ssize_t, k=Py_ssize_t, c=Py_ssize_t, place=Py_ssize_t)
cpdef stow(float[::1] samples, long channels, float[:, ::1] ring, long position, long frames)

@cython.locals(frames=Py_ssize_t, copied=Py_ssize_t, i=Py_ssize_t, c=Py_ssize_t)
cpdef spread(float[::1] captured, long inputs, float[::1] out, long stride, long wanted)

@cython.locals(frames=Py_ssize_t, i=Py_ssize_t, c=Py_ssize_t)
cpdef double fade_in(float[::1] out, long offset, long stride, long channels, double level, double slope)

@cython.locals(frames=Py_ssize_t, i=Py_ssize_t, c=Py_ssize_t, gain=double)
cpdef double let_go(float[::1] last, float[::1] out, long offset, long stride, long channels, double share,
                    double slope)
