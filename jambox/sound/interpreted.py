"""What kernel.py takes from C when it is compiled, for when it runs as plain Python: nothing to do there."""


def jambox_memory_fence() -> None:
    """The interpreter orders memory accesses of its own accord on one thread; tests need no more."""


def jambox_flush_denormals() -> int:
    """The interpreter leaves the processor's floating-point mode alone: 0, "not done"."""
    return 0
