"""The prompter: what is said to players over the cue while a rhythm sounds, spoken when it is wished."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from jambox.config import Voice
from jambox.errors import DeviceError
from jambox.music import prompts
from jambox.music.arrangement import Arrangement
from jambox.music.cycle import Cycle, Word
from jambox.music.prompts import Prompt, Stress
from jambox.renderings import Renderings
from jambox.sound import shelves, speech
from jambox.sound.shelves import Filled, Spoken
from jambox.sound.speaker import LEAD

WAVER = 0.03
"""The share by which a tempo may be off before it is looked at anew what can be said in it, and how fast."""
REST = 0.8
"""Seconds before a shelf is written again: what was said from it is over by then, and the engine's word is here."""
SOON = 0.05
"""Seconds between two looks whether a shelf is still spoken from."""
_log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """For words that come `gap` seconds apart at least: words a minute, and seconds of each from its vowel on."""

    gap: float
    speed: int
    longest: float


PACES = (Pace(0.55, 175, 0.5), Pace(0.35, 230, 0.32), Pace(0.25, 300, 0.22), Pace(0.0, 400, 0.15))
MANNERS = {Stress.SAM: (75, 0.0), Stress.GROUP: (55, -2.0), Stress.PLAIN: (40, -5.0), Stress.BETWEEN: (35, -7.0)}
"""Pitch, of 0 to 99, and dB."""
Key = tuple[str, float]


class Prompter:
    """Says what `voice` wishes, from `places` in the bank; without any, nothing at all.

    `in_use` tells the words of what sounds and of what comes next, `ready` is called when words are there that were not
    before. For the event loop's thread.
    """

    def __init__(
        self,
        voice: Voice,
        places: Sequence[Filled],
        renderings: Renderings,
        in_use: Callable[[], Sequence[Word]],
        ready: Callable[[], None],
    ) -> None:
        self.tempo = 0.0
        """In beats per minute, at which words are said."""
        self.places = places
        self.faults: dict[str, str] = {}
        """Why a voice says nothing, by its name."""
        self._voice = voice
        self._renderings, self._in_use, self._ready = renderings, in_use, ready
        self._versions: dict[str, str] = {}
        self._said: dict[Key, Filled] = {}
        self._wished: Key | None = None

    def is_late(self, tempo: float) -> bool:
        """Take another tempo; whether it is so far from the one before that other words may be right."""
        late = bool(self.places) and abs(tempo - self.tempo) > WAVER * self.tempo
        if late:
            self.tempo = tempo
        return late

    def words(self, arrangement: Arrangement, blend: float, sounding: Sequence[Word]) -> tuple[Word, ...]:
        """What is said of the cycle that leads at `blend`; while it is not spoken yet, nothing.

        `sounding` are the words of the score that sounds: their place is not touched.
        """
        if not self.places:
            return ()
        cast, stretch = arrangement.leader(blend)
        prompt = self._prompt(cast.cycle, (self.tempo or arrangement.tempo) / stretch)
        kinds = tuple(dict.fromkeys((line.text, line.stress) for line in prompt.lines))
        pace = next(pace for pace in PACES if prompt.gap >= pace.gap)
        told = " ".join(f"{text}/{stress:d}" for text, stress in kinds)
        key = f"{prompt.voice}: {told}", float(pace.speed)
        place = self._said.get(key)
        if place is None:
            self._bring(key, prompt.voice, kinds, pace, sounding)
            return ()
        slots = {kind: place.shelf.slot + number for number, kind in enumerate(kinds)}
        placed = ((line.beat * stretch, slots[line.text, line.stress]) for line in prompt.lines)
        return tuple(Word(beat, slot) for beat, slot in placed if slot in place.made)

    def _prompt(self, cycle: Cycle, tempo: float) -> Prompt:
        found = prompts.syllables(cycle, tempo, shelves.WORDS) if self._voice.speak == "bols" else None
        return found or prompts.count(cycle, tempo, self._voice.language, shelves.WORDS)

    def _bring(
        self, key: Key, voice: str, kinds: Sequence[tuple[str, Stress]], pace: Pace, sounding: Sequence[Word]
    ) -> None:
        # Once: what failed is not tried again before something else was wished.
        if key == self._wished or voice in self.faults:
            return
        self._wished = key
        free = [place for place in self.places if not _is_said_from(place, sounding)]
        target = next((place for place in free if place not in self._said.values()), free[0])
        self._said = {key: place for key, place in self._said.items() if place is not target}
        self._renderings.run("voice", self._speak(key, voice, kinds, pace, target))

    async def _speak(
        self, key: Key, voice: str, kinds: Sequence[tuple[str, Stress]], pace: Pace, target: Filled
    ) -> None:
        try:
            if voice not in self._versions:
                self._versions[voice] = await asyncio.to_thread(speech.version, voice)
        except DeviceError as fault:
            self.faults[voice] = f"voice: nothing is said: {fault}"
            _log.warning("%s", self.faults[voice])
            return
        version, level = self._versions[voice], self._voice.level
        spoken = []
        for text, stress in kinds:
            pitch, gain = MANNERS[stress]
            spoken.append(Spoken(voice, text, pace.speed, pitch, gain + level, LEAD, pace.longest, version))
        wanted = shelves.words_wanted(spoken, target.shelf)

        def say() -> None:
            self._said[key] = target
            self._ready()

        await asyncio.sleep(REST if target.made else 0.0)
        # What waited for sam may have come in before the engine heard that it goes without its words.
        while _is_said_from(target, self._in_use()):
            await asyncio.sleep(SOON)
        await self._renderings.fill(target, ("voice", float(pace.speed)), (wanted,), say, {len(wanted)})


def _is_said_from(place: Filled, words: Sequence[Word]) -> bool:
    return any(0 <= word.slot - place.shelf.slot < place.shelf.slots for word in words)
