"""Routes as text: what `repr` writes, read back. Names, arguments and two operators, and nothing else of Python."""

import ast
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jambox.errors import ConfigError
from jambox.midi import route, stages, steps, tune
from jambox.midi.route import Unit, Word

LENGTH = 4000
"""The most characters of a route."""
WORDS: Mapping[str, type[Word]] = MappingProxyType(
    {
        word.__name__: word
        for word in (
            *(route.From, route.To),
            *(steps.Channel, steps.Kind, steps.Keys, steps.Velocity, steps.CC),
            *(steps.Transpose, steps.Snap, steps.VelocityCurve, steps.FixedVelocity),
            *(steps.ToChannel, steps.ChannelMap, steps.CCMap, steps.CCScale, steps.NoteToCC, steps.Program),
            *(stages.Latch, stages.Delay, tune.Tune),
        )
    }
)
"""All units that have a name, by it."""


def parse_route(text: str) -> Unit:
    """The route that `text` says. Raises ConfigError with line and column, what is wrong and what is allowed."""
    if len(text) > LENGTH:
        raise ConfigError(f"a route of {len(text)} characters: allowed are {LENGTH}; write several routes")
    return _Reader(text).read()


class _Reader:
    """Reads one text; knows where each part of it stands."""

    def __init__(self, text: str) -> None:
        self._text = text = text.replace("\r\n", "\n").replace("\r", "\n")  # Python counts lines so
        self._indent = len(text) - len(text.lstrip())

    def read(self) -> Unit:
        text = self._text.strip()
        end = text.count("\n") + 1, len(text.rpartition("\n")[2])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes and the like, meant for programmers
                tree = ast.parse(text, mode="eval")
        except SyntaxError as fault:
            # Python names no place where the text ends too soon.
            place = (fault.lineno, fault.offset - 1) if fault.lineno and fault.offset else end
            raise self._refuse(f"not understood: {fault.msg}", *place) from fault
        except (ValueError, RecursionError, MemoryError) as fault:  # a null character; hundreds of signs or brackets
            raise self._refuse(f"not understood: {fault}", *end) from fault
        return self._unit(tree.body)

    def _unit(self, node: ast.expr) -> Unit:
        match node:
            case ast.BinOp(op=ast.RShift() | ast.BitOr()):
                return self._joined(node)
            case ast.Call(func=ast.Name(id=name)) if name in WORDS:
                return self._word(node, WORDS[name])
            case ast.Call(func=ast.Name(id=name)):
                raise self._fault(node, f"{name!r} is no unit: allowed are {', '.join(WORDS)}")
        raise self._fault(node, "expected a unit such as From('Keys'), or units joined by >> or |")

    def _joined(self, node: ast.BinOp) -> Unit:
        """Units joined by one operator, however many: they nest to the left, deeper than a function may."""
        operator = type(node.op)
        first: ast.expr = node
        rest: list[ast.expr] = []
        while isinstance(first, ast.BinOp) and isinstance(first.op, operator):
            rest.append(first.right)
            first = first.left
        unit = self._unit(first)
        for other in map(self._unit, reversed(rest)):
            unit = unit >> other if operator is ast.RShift else unit | other
        if stages.deepest(unit) > stages.MOST:
            raise self._fault(node, f"a series of more than {stages.MOST} Latch() or Delay(): do with fewer")
        if tune.is_followed(unit):
            raise self._fault(node, "nothing is done to notes that are tuned: write Tune() behind the other units")
        return unit

    def _word(self, node: ast.Call, word: type[Word]) -> Word:
        arguments = [self._value(each) for each in node.args]
        named = {each.arg: self._value(each.value) for each in node.keywords if each.arg}
        if len(named) < len(node.keywords):
            raise self._fault(node, "** is not allowed here")
        try:
            return word(*arguments, **named)
        except TypeError:
            raise self._fault(node, f"wrong arguments: the form is {word.form()}") from None
        except ValueError as fault:
            raise self._fault(node, str(fault)) from fault

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=str() | int() | float() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return {self._value(key): self._value(value) for key, value in zip(keys, values, strict=True) if key}
        raise self._fault(node, "expected a number, a text in quotes, True, False, or a map of numbers as {1: 2}")

    def _fault(self, node: ast.expr, what: str) -> ConfigError:
        # Python counts bytes of UTF-8 here, and characters in its own errors.
        line = self._text.lstrip().split("\n")[node.lineno - 1]
        return self._refuse(what, node.lineno, len(line.encode()[: node.col_offset].decode()))

    def _refuse(self, what: str, line: int, column: int) -> ConfigError:
        """`line` counts from 1, `column` from 0, both without the white space that the text begins with."""
        before = self._text[: self._indent]
        column += len(before.rpartition("\n")[2]) if line == 1 else 0
        line += before.count("\n")
        shown = self._text.split("\n")[line - 1]
        return ConfigError(f"{what} (line {line}, column {column + 1})\n  {shown}\n  {' ' * column}^")
