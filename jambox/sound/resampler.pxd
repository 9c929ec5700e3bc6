# C types for resampler.py.
cimport cython

cdef long TAPS, PHASES

@cython.locals(channels=Py_ssize_t, capacity=Py_ssize_t, frames=Py_ssize_t, i=Py_ssize_t, k=Py_ssize_t, c=Py_ssize_t,
               first=Py_ssize_t, before=Py_ssize_t, row=Py_ssize_t, whole=long, place=double, pace=double, glide=double, phase=double,
               rest=double, x=double)
cpdef double resample(double[:, ::1] taps, float[:, ::1] ring, double position, double step, double goal,
                      double[::1] weights, float[::1] out, long offset, long stride)
