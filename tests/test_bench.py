"""The bench: its figures, and that it leaves the interpreter as it was."""

import gc

import pytest

from jambox import bench, peers
from jambox.bench import Load, along, curve_table, curves, measure, table
from jambox.errors import JamboxError
from jambox.sound import kernel
from jambox.sound.parameters import Strip


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is frozen before a measurement: it takes a third of a second among the many objects of a test run."""
    monkeypatch.setattr(bench, "freeze_objects", lambda: None)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    "load",
    [
        Load(frames=16, inputs=0, voices=0, blocks=20),
        Load(frames=64, rate=44100, inputs=2, voices=4, pitched=True, blocks=20),
    ],
)
def test_blocks_are_timed_and_compared_with_their_deadline(load: Load) -> None:
    result = measure(load)
    assert result.compiled is kernel.__file__.endswith(".so")
    assert result.deadline == pytest.approx(load.frames / load.rate * 1e6)
    assert list(result.microseconds) == list(result.share) == ["p50", "p99", "p99.9", "p100"]
    assert 0.0 < result.microseconds["p50"] <= result.microseconds["p100"]
    for name, micro in result.microseconds.items():
        assert result.share[name] == pytest.approx(micro / result.deadline, abs=1e-3)
    assert result.load["pitched"] is load.pitched
    assert result.sounding == load.voices


def test_the_collector_runs_again_afterwards() -> None:
    frozen = gc.get_freeze_count()
    measure(Load(frames=16, inputs=1, voices=1, blocks=1))
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


@pytest.mark.usefixtures("warm")
def test_the_result_for_people() -> None:
    text = table(measure(Load(frames=16, inputs=1, voices=2, blocks=5)))
    assert text.startswith("16 frames at 48000 Hz: 1 full strips, 2 voices, 5 blocks, kernel ")
    assert "1 plain strips, 2 pitched voices" in table(
        measure(Load(frames=16, inputs=1, voices=2, blocks=5, pitched=True, plain=True))
    )
    assert "deadline 333 µs" in text
    assert len(text.splitlines()) == 6


def test_in_a_full_house_every_strip_has_all_that_costs() -> None:
    usual = Strip()
    for strip in bench.HOUSE.strips:
        for part in ("high_pass", "eq", "gate", "compressor", "reverb", "solo"):
            assert getattr(strip, part) != getattr(usual, part), part
        assert strip.mic


@pytest.mark.usefixtures("warm")
def test_curves_go_along_voices_inputs_and_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CURVES", (("voices", (1, 4)), ("inputs", (0, 2)), ("frames", (32, 64))))
    results = curves(Load(inputs=1, voices=2, blocks=5))
    assert [(one.load["voices"], one.load["inputs"], one.load["frames"]) for one in results] == [
        *((1, 1, 64), (4, 1, 64), (2, 0, 64), (2, 2, 64), (2, 1, 32), (2, 1, 64))
    ]
    lines = curve_table(results).splitlines()
    assert [line.split()[0] for line in lines] == ["voices", "1", "4", "inputs", "0", "2", "frames", "32", "64"]
    assert sum(line.endswith(" ns") for line in lines) == 3
    assert along(Load(), "frames", 32) == Load(frames=32)


def test_without_fluidsynth_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "LIBRARIES", ())
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    with pytest.raises(JamboxError, match=r"FluidSynth is not here.*apt-get install libfluidsynth3"):
        peers.compare(Load(blocks=10))


@pytest.mark.usefixtures("warm")
def test_a_voice_is_compared_with_fluidsynths() -> None:
    try:
        result = peers.compare(Load(voices=64, blocks=60), rounds=3)
    except JamboxError as missing:
        pytest.skip(str(missing))
    assert result.here > 0.0
    assert result.fluidsynth > 0.0
    assert "ratio" in peers.table(result)
