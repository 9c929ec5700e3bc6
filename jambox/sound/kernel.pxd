# C types for kernel.py, and the few lines of C that Python has no word for.
cimport cython

cdef extern from *:
    """
    #include <stdatomic.h>
    #define jambox_memory_fence() atomic_thread_fence(memory_order_seq_cst)

    #if defined(__SSE__)
    #include <xmmintrin.h>
    /* MXCSR: bit 15 flushes denormal results to zero, bit 6 reads denormals as zero. */
    static int jambox_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); return 1; }
    #elif defined(__aarch64__)
    /* FPCR: bit 24 (FZ) flushes denormals to zero. */
    static int jambox_flush_denormals(void) {
        unsigned long fpcr;
        __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
        __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | (1ul << 24)));
        return 1;
    }
    #else
    static int jambox_flush_denormals(void) { return 0; }
    #endif
    """
    void jambox_memory_fence() noexcept nogil
    int jambox_flush_denormals() noexcept nogil


cpdef bint flush_denormals()

@cython.locals(head=long, tail=long, capacity=Py_ssize_t, width=Py_ssize_t, row=Py_ssize_t, i=Py_ssize_t)
cpdef bint push(long[::1] ends, double[:, ::1] rows, double[::1] record)

@cython.locals(head=long, tail=long, capacity=Py_ssize_t, width=Py_ssize_t, row=Py_ssize_t, i=Py_ssize_t)
cpdef bint pop(long[::1] ends, double[:, ::1] rows, double[::1] record)

@cython.locals(odd=long, i=Py_ssize_t)
cpdef publish(long[::1] sequence, double[::1] shared, double[::1] values)

@cython.locals(before=long, i=Py_ssize_t)
cpdef long snapshot(long[::1] sequence, double[::1] shared, double[::1] values)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t)
cpdef decode16(const short[::1] raw, float[::1] samples)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t)
cpdef decode32(const int[::1] raw, float[::1] samples)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, word=int)
cpdef decode24(const unsigned char[::1] raw, float[::1] samples)

@cython.locals(i=Py_ssize_t)
cpdef weave(float[::1] pair, float[::1] out, Py_ssize_t stride, Py_ssize_t first)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, x=double)
cpdef encode16(float[::1] samples, short[::1] raw)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, x=double)
cpdef encode32(float[::1] samples, int[::1] raw)

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, x=double, word=int)
cpdef encode24(float[::1] samples, unsigned char[::1] raw)
