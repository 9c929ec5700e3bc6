"""Bytes without end against the parser: `python -m tests.midi.fuzz [BYTES [SEED]]`, 10,000,000 and 0 if not given.

Each round takes bytes of another mixture, cuts them into pieces at random, and compares with a parser that is slow and
plain: one byte at a time, straight from the specification's rules.
"""

import random
import sys
import time
from collections.abc import Iterator

from jambox.midi import messages
from jambox.midi.parser import LONGEST, Parser

ROUND = 20_000
"""Bytes in a round at most."""


class Plain:
    """The same rules, written for reading."""

    def __init__(self) -> None:
        self.ended: list[bytes] = []
        self.faults = 0
        self.message: list[int] = []
        self.running: int | None = None
        self.counted = False

    def take(self, byte: int) -> None:
        """Takes one byte."""
        if byte in (0xF9, 0xFD):
            self.faults += 1
        elif byte >= 0xF8:
            self.ended.append(bytes([byte]))
        elif byte >= 0x80:
            self.take_status(byte)
        else:
            self.take_data(byte)

    def take_status(self, byte: int) -> None:
        """Takes a status byte, save real time."""
        broken = bool(self.message)
        if byte == 0xF7 and self.message[:1] == [0xF0]:
            self.ended.append(bytes([*self.message, byte]))
            broken = False
        elif byte == 0xF7:
            broken = broken or not self.counted
        self.faults += broken
        self.message, self.running, self.counted = [], None, False
        if byte < 0xF0:
            self.running = byte
        if byte == 0xF6:
            self.ended.append(bytes([byte]))
        elif byte in (0xF4, 0xF5):
            self.faults += 1
            self.counted = True
        elif byte != 0xF7:
            self.message = [byte]

    def take_data(self, byte: int) -> None:
        """Takes a data byte."""
        if self.counted:
            return
        if not self.message and self.running is not None:
            self.message = [self.running]
        if not self.message or (self.message[0] == 0xF0 and len(self.message) + 2 > LONGEST):
            self.faults += 1
            self.message, self.counted = [], True
            return
        self.message.append(byte)
        kind = self.message[0] & 0xF0 if self.message[0] < 0xF0 else self.message[0]
        long = {0xC0: 2, 0xD0: 2, 0xF0: 0, 0xF1: 2, 0xF3: 2}.get(kind, 3)
        if len(self.message) == long:
            self.ended.append(bytes(self.message))
            self.message = []


def mixtures(chance: random.Random) -> Iterator[bytes]:
    """Bytes of many kinds, for ever."""
    while True:
        size = chance.randrange(1, ROUND)
        yield chance.randbytes(size)
        yield bytes(chance.choices((0xF0, 0xF7, 0xF8, 0x90, 0x3C, 0xF4, 0xC1, 0xF2), k=size))
        yield bytes(byte & 0x7F if chance.random() < 0.9 else byte | 0x80 for byte in chance.randbytes(size))
        yield b"\xf0" + bytes(byte & 0x7F for byte in chance.randbytes(size)) + b"\xf7\x90\x3c\x40"
        if chance.random() < 0.02:
            yield b"\xf0" + bytes(LONGEST + chance.randrange(-4, 2)) + b"\xf7\x90\x3c\x40"


def pieces(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """`data`, cut at random."""
    at = 0
    while at < len(data):
        size = chance.choice((1, 1, 2, 3, 3, 16, 256, 5000))
        yield data[at : at + size]
        at += size


def fuzz(size: int, seed: int = 0) -> tuple[int, int]:
    """Parses at least `size` bytes; gives how many messages and faults there were. Raises AssertionError."""
    chance = random.Random(seed)
    parser, plain = Parser(), Plain()
    done = found = 0
    for data in mixtures(chance):
        if done >= size:
            return found, parser.faults
        plain.ended.clear()
        for byte in data:
            plain.take(byte)
        ended = [message for piece in pieces(data, chance) for message in parser.feed(piece)]
        assert ended == plain.ended
        assert parser.faults == plain.faults
        assert all(map(messages.is_whole, ended))
        done += len(data)
        found += len(ended)
    raise AssertionError("mixtures never end")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]] or [10_000_000]
    start = time.perf_counter()
    whole, faults = fuzz(*words)
    print(f"{words[0]} bytes: {whole} messages, {faults} faults, {time.perf_counter() - start:.1f} s")
