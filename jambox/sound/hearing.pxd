# C types for hearing.py.
cimport cython
from libc.math cimport cos, sin

cdef double TAU


cdef class Funnel:
    cdef readonly long factor
    cdef long turn
    cdef double[::1] state, design, weights

    @cython.locals(size=long, channels=long, i=Py_ssize_t, c=Py_ssize_t, s=Py_ssize_t, k=Py_ssize_t, x=double, y=double)
    cpdef long put(self, float[::1] captured, long frames, double[::1] ring, long written)


@cython.locals(total=double, lag=Py_ssize_t, k=Py_ssize_t, d=double, x=double, power=double)
cpdef double differences(double[::1] samples, Py_ssize_t first, long window, double[::1] out)

@cython.locals(n=Py_ssize_t, k=Py_ssize_t, step=double, real=double, imaginary=double, x=double, a=double, b=double,
               cosine=double, sine=double, p=double, q=double, over=double, under=double)
cpdef harmonics(double[::1] samples, Py_ssize_t first, long frames, double cycle, double[::1] out)

@cython.locals(k=Py_ssize_t, x=double, power=double)
cpdef double loudness(double[::1] samples, Py_ssize_t first, long frames)
