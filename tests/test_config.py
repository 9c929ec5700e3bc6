"""The configuration: what an empty one means, what each key takes, and how a wrong one is told."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.config import PROFILES, Audio, Config, Link, Midi, Panel, Style, Tuning, Voice, parse_config
from jambox.errors import ConfigError
from jambox.midi.offsets import ON_TIME, Offsets
from jambox.midi.route import EVERYTHING, From, To
from jambox.midi.steps import Channel
from jambox.reference import Reference
from jambox.sound.parameters import Bus, Compressor, Duck, Master, Mixer, Reverb, Strip


def test_every_key_is_optional() -> None:
    config = parse_config("", "jambox.toml")
    assert config == Config()
    assert config.audio == Audio("auto", 48000, "normal", None, None, 2)
    assert config.audio.buffer == (128, 3)
    assert config.midi.parsed == (EVERYTHING,)
    assert config.midi.offsets == ON_TIME
    assert config.panel == Panel("auto", "generic")
    assert config.link == Link(enabled=True, start_stop=False)
    assert config.seed == 0
    assert config.style == Style()
    assert config.tuning.reference == Reference(440.0, "D3", "just5")


def test_every_key_is_taken() -> None:
    text = """
    seed = 7
    [audio]
    device = "hw:CARD=USB"
    rate = 44100
    profile = "fast"
    period = 96
    periods = 4
    inputs = 3
    pinned = true
    [mixer]
    strips = [{trim = -6, pan = -1, high_pass = 80, invert = true}, {compressor = {ratio = 4}}]
    drone = {reverb = -20}
    reverb.decay = 2.5
    duck = {strip = 1}
    master.tone = -1
    [midi]
    routes = ["From('Keys') >> Channel(1)", "To('Synth')"]
    offset = {"Drum*" = -3.5, Keys = 50}
    [panel]
    kind = "gpio"
    board = "pisound"
    [style]
    cycles = ["wahda:b", "teental"]
    tunings = ["mine"]
    [tuning]
    a4 = 432
    tonic = "D3 -14 c"
    scale = "rast-24"
    [link]
    enabled = false
    start_stop = true
    [voice]
    speak = "bols"
    language = "en-gb-scotland+f3"
    level = -6
    """
    audio = Audio("hw:CARD=USB", 44100, "fast", 96, 4, 3, True)
    mixer = Mixer(
        (Strip(trim=-6.0, pan=-1.0, high_pass=80, invert=True), Strip(compressor=Compressor(ratio=4.0))),
        Bus(-20.0),
        Bus(),
        Reverb(decay=2.5),
        Duck(1),
        Master(-1.0),
    )
    midi = Midi(("From('Keys') >> Channel(1)", "To('Synth')"), {"Drum*": -3.5, "Keys": 50.0})
    assert parse_config(text, "jambox.toml") == Config(
        audio,
        mixer,
        midi,
        Panel("gpio", "pisound"),
        Link(False, True),
        7,
        style=Style(("wahda:b", "teental"), ("mine",)),
        tuning=Tuning(432.0, "D3 -14 c", "rast-24"),
        voice=Voice("bols", "en-gb-scotland+f3", -6.0),
    )
    assert midi.parsed == (From("Keys") >> Channel(1), To("Synth"))
    assert midi.offsets == Offsets((("Drum*", -0.0035), ("Keys", 0.05)))


def test_where_sticks_are_is_no_part_of_what_a_scene_remembers() -> None:
    tuning = parse_config('[tuning]\na4 = 432\nfolders = ["/mnt/*"]\n', "jambox.toml").tuning
    assert tuning == Tuning(432.0, folders=("/mnt/*",))
    assert type(tuning.reference) is Reference
    assert tuning.reference == Reference(432.0)


CONFIG = "audio, mixer, midi, panel, link, seed, cards, style, drums, tuning, accompany, voice"
AUDIO = "device, rate, profile, period, periods, inputs, pinned, prefer, guests, guest_strips, cue"


@pytest.mark.parametrize(
    ("text", "buffer"),
    [
        *((f'profile = "{name}"', buffer) for name, buffer in PROFILES.items()),
        ('profile = "safe"\nperiod = 64', (64, 3)),
        ('profile = "fastest"\nperiods = 4', (64, 4)),
        ('profile = "fastest"\nperiod = 32\nperiods = 5', (32, 5)),
        ("period = 16\nperiods = 2", (16, 2)),
        ("period = 4096\nperiods = 16", (4096, 16)),
    ],
)
def test_a_period_of_its_own_overrides_the_profiles(text: str, buffer: tuple[int, int]) -> None:
    assert parse_config(f"[audio]\n{text}", "jambox.toml").audio.buffer == buffer


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seed = -1", "seed: Expected `int` >= 0 (found -1)"),
        ("seed = true", "seed: Expected `int`, got `bool` (found True)"),
        (
            "speed = 1",
            f"Object contains unknown field `speed`: the keys are {CONFIG}",
        ),
        (
            "[audoi]",
            f"Object contains unknown field `audoi`: the keys are {CONFIG}",
        ),
        ("audio = 3", "audio: Expected `object`, got `int` (found 3)"),
        ("[audio]\ndevice = 1", "audio.device: Expected `str`, got `int` (found 1)"),
        (
            "[audio]\nrate = 22050",
            "audio.rate: Invalid enum value 22050 (found 22050): allowed are 44100, 48000, 96000",
        ),
        (
            '[audio]\nprofile = "quick"',
            "audio.profile: Invalid enum value 'quick' (found 'quick'): allowed are fast, fastest, normal, safe",
        ),
        (
            '[voice]\nspeak = "on"',
            "voice.speak: Invalid enum value 'on' (found 'on'): allowed are bols, count, off",
        ),
        ("[voice]\nlevel = 3", "voice.level: Expected `float` <= 0.0 (found 3)"),
        ("[tuning]\na4 = 399.9", "tuning.a4: Expected `float` >= 400.0 (found 399.9)"),
        ("[tuning]\na4 = 481", "tuning.a4: Expected `float` <= 480.0 (found 481)"),
        (
            '[tuning]\ntonic = "H3"',
            "tuning.tonic: 'H3' is no pitch: write a note with its octave, as D3, F#2 or D3+14 c, or a frequency, "
            "as 146.83Hz",
        ),
        ('[tuning]\ntonic = "D1"', "tuning.tonic: D1 is 36.71 Hz: allowed is 60 to 520 Hz"),
        ("[audio]\nperiod = 15", "audio.period: Expected `int` >= 16 (found 15)"),
        ("[audio]\nperiod = 4097", "audio.period: Expected `int` <= 4096 (found 4097)"),
        ("[audio]\nperiods = 1", "audio.periods: Expected `int` >= 2 (found 1)"),
        ("[audio]\nperiods = 17", "audio.periods: Expected `int` <= 16 (found 17)"),
        ('[audio]\nperiod = "128"', "audio.period: Expected `int | null`, got `str` (found '128')"),
        ("[audio]\ninputs = -1", "audio.inputs: Expected `int` >= 0 (found -1)"),
        ("[audio]\ninputs = 17", "audio.inputs: Expected `int` <= 16 (found 17)"),
        (
            "[audio]\nlatency = 5",
            f"audio: Object contains unknown field `latency`: the keys are {AUDIO}",
        ),
        ("[mixer]\nstrips = [{trim = 40.1}]", "mixer.strips[0].trim: Expected `float` <= 40.0 (found 40.1)"),
        ("[mixer]\nstrips = [{}, {trim = -61}]", "mixer.strips[1].trim: Expected `float` >= -60.0 (found -61)"),
        (
            "[mixer]\nstrips = [{high_pass = 100}]",
            "mixer.strips[0].high_pass: Invalid enum value 100 (found 100): allowed are 0, 80, 120",
        ),
        ("[mixer]\nstrips = [{mute = 1}]", "mixer.strips[0].mute: Expected `bool`, got `int` (found 1)"),
        (
            "[mixer]\nstrips = [{eq = {mid = -16}}]",
            "mixer.strips[0].eq.mid: Expected `float` >= -15.0 (found -16)",
        ),
        (
            "[mixer.reverb]\nsise = 1",
            "mixer.reverb: Object contains unknown field `sise`: the keys are level, size, decay, damping",
        ),
        ("[drums]\ntabla = 3", "drums.tabla: Expected `str`, got `int` (found 3)"),
        ('[drums]\ntabla = ""', "drums.tabla: Expected `str` of length >= 1 (found '')"),
        ("drums = 3", "drums: Expected `object`, got `int` (found 3)"),
        ("[mixer]\nstrips = [{strokes = 2}]", "mixer.strips[0].strokes: Expected `bool`, got `int` (found 2)"),
        (
            "[accompany]\ninputs = true",
            "accompany: Object contains unknown field `inputs`: the keys are energy, drone, players, tempo, density",
        ),
        ("[mixer]\nstrips = {}", "mixer.strips: Expected `array`, got `object`"),
        (f"[mixer]\nstrips = [{', '.join(['{}'] * 17)}]", "mixer.strips: Expected `array` of length <= 16"),
        ("[mixer.duck]\nstrip = 17", "mixer.duck.strip: Expected `int` <= 16 (found 17)"),
        ("[midi]\nroutes = [1]", "midi.routes[0]: Expected `str`, got `int` (found 1)"),
        ("[midi]\nroute = []", "midi: Object contains unknown field `route`: the keys are routes, offset, bindings"),
        ("[midi.offset]\nDrums = -50.1", "midi.offset.Drums: Expected `float` >= -50.0 (found -50.1)"),
        ("[midi.offset]\nDrums = 0\n'Key*' = 51", "midi.offset.Key*: Expected `float` <= 50.0 (found 51)"),
        ('[midi]\noffset = {Drums = "3"}', "midi.offset.Drums: Expected `float`, got `str` (found '3')"),
        ("[midi]\noffset = 3", "midi.offset: Expected `object`, got `int` (found 3)"),
        (
            """[midi]\nroutes = ["From('a')", "From('a') >> Channel(0)"]""",
            "midi.routes[1]: 0 is not a channel: expected a whole number from 1 to 16 (line 1, column 14)"
            "\n  From('a') >> Channel(0)\n               ^",
        ),
        (
            '[panel]\nkind = "knobs"',
            "panel.kind: Invalid enum value 'knobs' (found 'knobs'): allowed are auto, gpio, none, terminal",
        ),
        ("[link]\nenabled = 1", "link.enabled: Expected `bool`, got `int` (found 1)"),
        ("[link]\nquantum = 4", "link: Object contains unknown field `quantum`: the keys are enabled, start_stop"),
        ("[panel]\nboard = 5", "panel.board: Expected `str`, got `int` (found 5)"),
        ("[panel]\npins = 5", "panel: Object contains unknown field `pins`: the keys are kind, board"),
    ],
)
def test_a_wrong_key_is_refused_by_its_path(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(f'here/jambox.toml: {told}')}$"):
        parse_config(text, "here/jambox.toml")


@given(st.text())
def test_any_text_is_a_config_or_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        assert isinstance(parse_config(text, "f"), Config)


@pytest.mark.parametrize("name", ["", "english", "EN", "en_GB", "../en", "en+../f3", "-w", "en -w x", "en\\n"])
def test_a_voice_is_a_name_and_nothing_else(name: str) -> None:
    with pytest.raises(ConfigError, match=r"voice\.language: "):
        parse_config(f'[voice]\nlanguage = "{name}"', "jambox.toml")


@pytest.mark.parametrize(
    ("speak", "cue", "prompting", "unheard"),
    [
        ("off", "", False, ()),
        ("off", "3/4", False, ()),
        ("count", "3/4", True, ()),
        ("bols", "usb", True, ()),
        ("bols", "", False, ("voice.speak = 'bols': nothing is said, there is no cue: set audio.cue",)),
    ],
)
def test_only_what_can_be_heard_is_said(speak: str, cue: str, prompting: bool, unheard: tuple[str, ...]) -> None:
    config = parse_config(f'[audio]\ncue = "{cue}"\n[voice]\nspeak = "{speak}"', "jambox.toml")
    assert (config.is_prompting, config.unheard) == (prompting, unheard)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("[accompany]\ntempo = true", False),
        ("[accompany]\ndensity = 0.5\n[mixer]\nstrips = [{mic = true}]", False),
        ("[accompany]\nenergy = 0.5", True),
        ('[accompany]\ntempo = true\nplayers = ["Pads*"]', True),
        ("[accompany]\ntempo = true\n[mixer]\nstrips = [{}, {strokes = true}]", True),
        ('[accompany]\ntempo = true\n[[cards]]\ncard = "usb"\nstrips = [{strokes = true}]', True),
    ],
)
def test_it_is_told_when_nobody_can_draw_the_tempo(text: str, heard: bool) -> None:
    told = "accompany: nobody's strokes are heard: name players there, or mark strips with strokes = true"
    assert parse_config(text, "jambox.toml").unheard == (() if heard else (told,))
