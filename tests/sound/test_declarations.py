"""What the compiled loops use is declared in their .pxd: one name that is not makes Python objects in every frame."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOUND = Path(__file__).resolve().parents[2] / "jambox" / "sound"
TYPED = sorted(path.stem for path in SOUND.glob("*.pxd"))
DECLARED = re.compile(
    r"(?:@cython\.locals\((?P<locals>[^)]*)\)\s*)?"
    r"cp?def [^()\n]*?(?P<name>\w+)\((?P<arguments>[^)]*)\)"
)


def _functions(module: str) -> Iterator[tuple[str, str, ast.FunctionDef]]:
    for node in ast.parse((SOUND / f"{module}.py").read_text()).body:
        for function in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(function, ast.FunctionDef):
                yield (node.name if isinstance(node, ast.ClassDef) else "", function.name, function)


def _declared(module: str) -> dict[str, set[str]]:
    """The names that are typed in each function of a module."""
    text = (SOUND / f"{module}.pxd").read_text()
    return {
        match["name"]: set(re.findall(r"(\w+)(?=\s*=)", match["locals"] or ""))
        | {argument.split()[-1] for argument in match["arguments"].split(",") if argument.strip()}
        for match in DECLARED.finditer(text)
    }


def _stored(function: ast.FunctionDef) -> set[str]:
    return {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@pytest.mark.parametrize("module", TYPED)
def test_every_name_that_a_compiled_function_stores_is_typed(module: str) -> None:
    declared = _declared(module)
    untyped = {
        f"{owner}.{name}": sorted(_stored(function) - declared[name] - {"_"})
        for owner, name, function in _functions(module)
        if name in declared
    }
    assert declared
    assert not {place: names for place, names in untyped.items() if names}


@pytest.mark.parametrize("module", TYPED)
def test_every_constant_that_a_compiled_function_reads_is_typed(module: str) -> None:
    text, declared = (SOUND / f"{module}.pxd").read_text(), _declared(module)
    read = {
        node.id
        for _, name, function in _functions(module)
        if name in declared
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id.isupper()
    }
    assert not {name for name in read if not re.search(rf"\b{name}\b", text)}


@pytest.mark.parametrize("module", TYPED)
def test_whole_numbers_are_made_in_c(module: str) -> None:
    # int(x) is C's own only where it goes straight into a typed name.
    straight, calls = set(), set()
    declared = _declared(module)
    for _, name, function in _functions(module):
        if name in declared:
            for node in ast.walk(function):
                if isinstance(node, ast.Assign):
                    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                    straight |= {value for value in values if isinstance(value, ast.Call)}
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
                    calls.add(node)
    assert not {f"{module}.py:{call.lineno}" for call in calls - straight}
