"""The data that is shipped, read once for all tests."""

from jambox.music import library

LIBRARY = library.load()
