"""The state of the box as a value, and `apply`: what each action makes of it.

Everything a player hears follows from State, so that a restarted engine can be told it again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

import msgspec

from jambox.actions import (
    Action,
    ClickDrone,
    ClockStarts,
    ClockStops,
    CountIn,
    FinishRhythm,
    FollowClock,
    HoldRhythm,
    InputsHeard,
    Led,
    LevelInputs,
    NotYet,
    Panic,
    PressDrone,
    PressRhythm,
    SetInstrument,
    SetLevel,
    SetMixer,
    SetRound,
    SetShare,
    SetStrings,
    SetTonic,
    SetTuning,
    Share,
    SitDown,
    StopDrone,
    Surprise,
    TakeTonic,
    Tap,
    TurnDrone,
    TurnLaya,
    TurnPartner,
    TurnStyle,
    TurnTonic,
    TurnTuning,
    UndoSurprise,
    Where,
)
from jambox.effects import (
    Effect,
    EndRhythm,
    HearTonic,
    JoinClock,
    Listen,
    LoadCycle,
    Mix,
    MixStrips,
    PlaceBeat,
    PlayFill,
    ProposeTempo,
    ReleaseAll,
    Say,
    SetDrone,
    SetTempo,
    StartRhythm,
    StopRhythm,
)
from jambox.reference import SCALE
from jambox.scene import FASTEST, HIGHEST_TONIC, LOUDEST, LOWEST_TONIC, SILENCE, SLOWEST, Scene
from jambox.seating import Seat, settle
from jambox.taps import series, tapped
from jambox.units import Bpm, Hertz, Seconds, pitch_name
from jambox.variation import LAYAS, Change, Luck, Variation

SETTLED = 4
"""The tap from which on taps also place the beat."""


@dataclass(frozen=True, slots=True)
class State:
    """The whole box: the scene, and what lasts only while it runs."""

    scene: Scene = field(default_factory=Scene)
    rhythm_on: bool = False
    ending: bool = False
    taps: tuple[float, ...] = ()
    leader: str = ""
    """The instrument or session whose clock leads; empty: the box does."""
    shared: bool = False
    """That is a session: the box may set its tempo, but not its beat."""
    listening: bool = False
    """The inputs are being listened to, for their trims."""
    started: frozenset[str] = frozenset()
    """Parts (`drone`, `rhythm`) that the press now down has started."""
    luck: Luck = field(default_factory=Luck)
    """The surprises so far."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names that STYLE turns through, in order, with the tempo each cycle is usually played at.

    `partners` meet a cycle well, the best first; `surprise` is its next one; `unfit` says why a laya does not suit it,
    or nothing; `drone` the drone, and `tuning` the tuning, so many steps on.
    """

    tempos: dict[str, Bpm]
    partners: Callable[[str], tuple[str, ...]] = lambda _cycle: ()
    surprise: Callable[[str, Variation, Luck], Change | None] = lambda _cycle, _variation, _luck: None
    unfit: Callable[[str, Variation, float], str] = lambda _cycle, _variation, _laya: ""
    drone: Callable[[str, int], str] = lambda drone, _steps: drone
    tuning: Callable[[str, int], str] = lambda tuning, _steps: tuning


Result = tuple[State, tuple[Effect, ...]]
_Ground = TurnTonic | SetTonic | TurnDrone | SetInstrument | SetStrings | SetRound | SetTuning | TurnTuning
"""What sets the drone, and by what all is tuned."""


def apply(state: State, action: Action, catalogue: Catalogue) -> Result:
    """What `action` makes of `state`, and the effects to carry out. Pure; never raises for a valid action."""
    match action:
        case SetLevel(name, level):
            return _with(state, {name.value: min(max(level, SILENCE), LOUDEST)}, Mix())
        case SetShare(name, share):
            return _share(state, name, min(max(share, 0.0), 1.0), catalogue)
        case SetMixer() | LevelInputs() | InputsHeard() | SitDown():
            return _mixer(state, action)
        case PressDrone() | ClickDrone() | StopDrone() | TakeTonic():
            return _drone(state, action)
        case PressRhythm() | CountIn() | HoldRhythm() | FinishRhythm():
            return _rhythm(state, action)
        case Tap(time):
            return _tap(state, time)
        case TurnStyle(steps):
            return _turn_style(state, steps, catalogue)
        case TurnPartner(steps):
            return _turn_partner(state, steps, catalogue)
        case Surprise() | UndoSurprise():
            return _surprise(state, action, catalogue)
        case TurnLaya(steps):
            return _turn_laya(state, steps, catalogue)
        case (
            TurnTonic()
            | SetTonic()
            | TurnDrone()
            | SetInstrument()
            | SetStrings()
            | SetRound()
            | SetTuning()
            | TurnTuning()
        ):
            return _ground(state, action, catalogue)
        case Where():
            return state, (Say(describe(state)),)
        case Panic():
            silent = replace(state, rhythm_on=False, ending=False, taps=(), started=frozenset())
            return _with(silent, {"drone_on": False}, StopRhythm(), SetDrone(), ReleaseAll())
        case FollowClock() | Led() | ClockStarts() | ClockStops():
            return _clock(state, action)
        case NotYet(what):
            return state, (_not_yet(what),)
        case _:
            assert_never(action)


def ended(state: State) -> State:
    """The state once the engine has closed on sam."""
    return replace(state, rhythm_on=False, ending=False)


def describe(state: State) -> str:
    """One line for people: cycle, tempo, tonic, what sounds."""
    scene = state.scene
    rhythm = "ending" if state.ending else "playing" if state.rhythm_on else "silent"
    drone = "playing" if scene.drone_on else "silent"
    tonic = pitch_name(Hertz(scene.tonic), Hertz(scene.reference.a4))
    tuning = "" if scene.tuning == SCALE else f" in {scene.tuning}"
    laya = f" in {LAYAS[scene.variation.laya]}" if scene.variation.laya in (0.5, 2.0) else ""
    cycle = scene.cycle + laya + (f" meeting {scene.partner}" if scene.meet and scene.partner else "")
    return f"{cycle} {rhythm} at {scene.tempo:.1f} per minute, {scene.drone} {drone} on {tonic}{tuning}"


def _mixer(state: State, action: SetMixer | LevelInputs | InputsHeard | SitDown) -> Result:
    match action:
        case SitDown(card, first, channels):
            return _sit(state, Seat(card, first, channels))
        case SetMixer(values):
            return _set(state, values)
        case LevelInputs():
            if state.listening:
                return replace(state, listening=False), (Listen(False), Say("listening to the inputs is broken off"))
            return replace(state, listening=True), (Listen(True),)
        case InputsHeard(trims, text):
            heard, effects = _set(replace(state, listening=False), trims)
            return heard, (*(effects if trims else ()), Say(text, refused=not trims))


def _sit(state: State, seat: Seat) -> Result:
    scene = state.scene
    if seat in scene.seats:
        return state, ()
    mixer, taken, kept = settle(scene.mixer, scene.seats, scene.kept, seat)
    effects = () if mixer == scene.mixer else (MixStrips(),)
    return _with(state, {"mixer": mixer, "seats": taken, "kept": kept}, *effects)


def _set(state: State, values: Mapping[str, float | None]) -> Result:
    mixer = {name: value for name, value in (state.scene.mixer | dict(values)).items() if value is not None}
    return _with(state, {"mixer": mixer}, MixStrips())


def _drone(state: State, action: PressDrone | ClickDrone | StopDrone | TakeTonic) -> Result:
    before, settled = state.started, replace(state, started=state.started - {"drone"})
    if isinstance(action, PressDrone):
        if state.scene.drone_on:
            return settled, ()
        return _with(replace(state, started=before | {"drone"}), {"drone_on": True}, SetDrone())
    if isinstance(action, TakeTonic):
        if not (state.scene.drone_on and "drone" in before):
            return settled, (HearTonic(),)
        # What that very press has started must not sound into the microphones.
        return _with(settled, {"drone_on": False}, SetDrone(), HearTonic(started=True))
    if not state.scene.drone_on or (isinstance(action, ClickDrone) and "drone" in before):
        return settled, ()
    return _with(settled, {"drone_on": False}, SetDrone())


def _rhythm(state: State, action: PressRhythm | CountIn | HoldRhythm | FinishRhythm) -> Result:
    before, settled = state.started, replace(state, started=state.started - {"rhythm"})
    if isinstance(action, PressRhythm):
        if state.rhythm_on:
            return settled, () if state.ending else (PlayFill(),)
        started = replace(state, rhythm_on=True, ending=False, started=before | {"rhythm"})
        return started, (StartRhythm(),)
    if isinstance(action, CountIn) and not state.rhythm_on:
        return replace(settled, rhythm_on=True, ending=False), (StartRhythm(introduced=True),)
    if not state.rhythm_on or state.ending or (isinstance(action, HoldRhythm) and "rhythm" in before):
        return settled, ()
    return replace(settled, ending=True), (EndRhythm(),)


def _with(state: State, changes: dict[str, object], *effects: Effect) -> Result:
    return replace(state, scene=msgspec.structs.replace(state.scene, **changes)), effects


def _not_yet(what: str) -> Say:
    return Say(f"{what} is not there yet", refused=True)


def _tap(state: State, time: Seconds) -> Result:
    taps = series(state.taps, time)
    heard = tapped(taps)
    state = replace(state, taps=taps)
    if heard is None:
        return state, ()
    tempo = min(max(heard.tempo, SLOWEST), FASTEST)
    if state.shared:
        return _with(state, {"tempo": tempo}, SetTempo(), ProposeTempo())
    if state.leader:
        return state, (Say(f"the clock of {state.leader} leads: hold TAP to ignore it", refused=True),)
    place = (PlaceBeat(heard.beat),) if len(taps) >= SETTLED else ()
    return _with(state, {"tempo": tempo}, SetTempo(), *place)


def _clock(state: State, action: FollowClock | Led | ClockStarts | ClockStops) -> Result:
    match action:
        case FollowClock():
            follow = not state.scene.follow
            said = Say("other clocks may lead" if follow else "other clocks are ignored")
            # The press of this hold was a tap as well.
            return _with(replace(state, taps=()), {"follow": follow}, said)
        case Led():
            return _led(state, action)
        case ClockStarts(beat, time):
            return replace(state, rhythm_on=True, ending=False), (SetTempo(), JoinClock(beat, time))
        case ClockStops():
            return ended(state), (StopRhythm(),) if state.rhythm_on else ()


def _led(state: State, led: Led) -> Result:
    changes: dict[str, object] = {"tempo": min(max(led.tempo, SLOWEST), FASTEST)}
    if (led.source, led.shared) == (state.leader, state.shared):
        return _with(state, changes)
    state = replace(state, leader=led.source, shared=led.shared, taps=())
    if led.source:
        who = f"the {led.source} session" if led.shared else f"the clock of {led.source}"
        return _with(state, changes, Say(f"{who} leads, at {led.tempo:.1f} per minute"))
    # What was steered towards the other clock's beat goes on straight.
    return _with(state, changes, SetTempo(), Say("the box leads again"))


def _turn_style(state: State, steps: int, catalogue: Catalogue) -> Result:
    names = list(catalogue.tempos)
    if not names:
        return state, (Say("there is no cycle to play", refused=True),)
    here = names.index(state.scene.cycle) if state.scene.cycle in names else 0
    name = names[(here + steps) % len(names)]
    # A surprise is of one cycle, and a partner that nobody chose suits one.
    state, partner = replace(state, luck=state.luck.settled()), state.scene.partner
    if partner and partner == next(iter(catalogue.partners(state.scene.cycle)), ""):
        partner = ""
    if state.scene.meet:
        partner = _partner(name, partner, catalogue)
    elif partner == name:
        partner = ""
    changes: dict[str, object] = {"cycle": name, "variation": Variation(), "partner": partner}
    if state.rhythm_on or state.leader:
        return _with(state, changes, LoadCycle(), Say(name))
    return _with(state, changes | {"tempo": catalogue.tempos[name]}, LoadCycle(), SetTempo(), Say(name))


def _partner(cycle: str, partner: str, catalogue: Catalogue) -> str:
    """Whom `cycle` meets: `partner`, or, where that is nobody else, the best there is."""
    return partner if partner not in ("", cycle) else next(iter(catalogue.partners(cycle)), "")


def _share(state: State, name: Share, share: float, catalogue: Catalogue) -> Result:
    # The stage looks by itself where these stand, not oftener than is heard, so that a quick hand does not flood it.
    scene = state.scene
    if name is Share.ENERGY or not share or (scene.meet and scene.partner):
        return _with(state, {name.value: share})
    partner = _partner(scene.cycle, scene.partner, catalogue)
    if not partner:
        return state, (Say(f"{scene.cycle} has nobody to meet", refused=True),)
    return _with(state, {"meet": share, "partner": partner}, LoadCycle(), Say(f"{scene.cycle} meets {partner}"))


def _turn_partner(state: State, steps: int, catalogue: Catalogue) -> Result:
    scene, names = state.scene, catalogue.partners(state.scene.cycle)
    if not names:
        return state, (Say(f"{scene.cycle} has nobody to meet", refused=True),)
    here = names.index(scene.partner) if scene.partner in names else -1 if steps > 0 else 0
    partner = names[(here + steps) % len(names)]
    load = (LoadCycle(),) if scene.meet else ()
    return _with(state, {"partner": partner}, *load, Say(f"partner {partner}"))


def _surprise(state: State, action: Surprise | UndoSurprise, catalogue: Catalogue) -> Result:
    scene, luck = state.scene, state.luck
    if isinstance(action, Surprise):
        change = catalogue.surprise(scene.cycle, scene.variation, luck)
        if change is None:
            return state, (Say("there is no surprise left", refused=True),)
        luck = luck.after(change, scene.cycle, scene.variation)
        cycle, variation, told = change.cycle, change.variation, change.told
    elif luck.past or scene.variation != Variation():
        # One that was saved with the scene has no past.
        cycle, variation = luck.past[-1] if luck.past else (scene.cycle, Variation())
        luck, told = luck.back(), "the change is undone"
    else:
        return state, (Say("there is nothing to undo", refused=True),)
    partner = _partner(cycle, scene.partner, catalogue) if scene.partner else ""
    changes: dict[str, object] = {"cycle": cycle, "variation": variation, "partner": partner}
    return _with(replace(state, luck=luck), changes, LoadCycle(), Say(told))


def _turn_laya(state: State, steps: int, catalogue: Catalogue) -> Result:
    scene, layas = state.scene, sorted(LAYAS)
    here = layas.index(scene.variation.laya) if scene.variation.laya in LAYAS else 1
    laya = layas[min(max(here + steps, 0), len(layas) - 1)]
    why = f"{scene.cycle} is in {LAYAS[laya]} already" if laya == scene.variation.laya else ""
    if why := why or catalogue.unfit(scene.cycle, scene.variation, laya):
        return state, (Say(why, refused=True),)
    variation = msgspec.structs.replace(scene.variation, laya=laya)
    state = replace(state, luck=state.luck.asked(scene.cycle, scene.variation))
    return _with(state, {"variation": variation}, LoadCycle(), Say(LAYAS[laya]))


def _ground(state: State, action: _Ground, catalogue: Catalogue) -> Result:
    match action:
        case TurnTonic(steps):
            # Ten octaves lie out of range from any tonic; without the bound, a power could overflow.
            return _tune(state, Hertz(state.scene.tonic * 2.0 ** (min(max(steps, -120), 120) / 12.0)))
        case SetTonic(tonic):
            return _tune(state, tonic)
        case TurnDrone(steps):
            return _ground(state, SetInstrument(catalogue.drone(state.scene.drone, steps)), catalogue)
        case SetInstrument(drone):
            return _with(state, {"drone": drone, "strings": ""}, SetDrone(), Say(f"drone {drone}"))
        case SetStrings(strings):
            return _with(state, {"strings": strings}, SetDrone(), Say(f"strings {strings or 'as usual'}"))
        case SetRound(lock):
            return _with(state, {"round": lock}, SetDrone(), Say(f"round {lock}"))
        case SetTuning(tuning):
            return _with(state, {"tuning": tuning}, SetDrone(), Say(f"tuning {tuning}"))
        case TurnTuning(steps):
            return _ground(state, SetTuning(catalogue.tuning(state.scene.tuning, steps)), catalogue)


def _tune(state: State, tonic: Hertz) -> Result:
    a4 = Hertz(state.scene.reference.a4)
    if not LOWEST_TONIC <= tonic <= HIGHEST_TONIC:
        named = pitch_name(Hertz(state.scene.tonic), a4)
        limits = f"{LOWEST_TONIC:g} to {HIGHEST_TONIC:g} Hz"
        return state, (Say(f"the tonic stays on {named}: it goes from {limits}", refused=True),)
    return _with(state, {"tonic": tonic}, SetDrone(), LoadCycle(), Say(f"tonic {pitch_name(tonic, a4)}"))
