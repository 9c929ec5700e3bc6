"""Which syllables a tradition speaks its strokes by, spelt for a voice of its language.

The strokes of a drum family have the tradition's own names where there are such: bols, solkattu, dum and tek, deong and
deok. Those that are called after what is struck, as clap or kick, are not spoken. The spellings are in the languages'
own scripts; how well a synthetic voice says them, no speaker of the languages has judged yet.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Tongue(NamedTuple):
    """The `voice` that says them, and the spelling of each stroke that is spoken."""

    voice: str
    spelling: Mapping[str, str]


def _tongue(voice: str, text: str) -> Tongue:
    # Strokes and their spellings in turn.
    words = text.split()
    return Tongue(voice, MappingProxyType(dict(zip(words[::2], words[1::2], strict=True))))


_SOLKATTU = _tongue(
    "ta", "ta த ki கி ka க dhi தி mi மி thom தொம் tham தாம் theem தீம் nam நம் din தின் dim திம் tha தா thi தி da ட"
)
TONGUES: Mapping[str, Tongue] = MappingProxyType(
    {
        "tabla": _tongue(
            "hi", "Dha धा Dhin धिन Dhi धि Tin तिन Ta ता Na ना Ge गे Ke के Ti ति Ra र Ki कि Te टे Tu तू Kat कत"
        ),
        "pakhawaj": _tongue(
            "hi", "Dha धा Din दिं Den देन Dhi धि Ta ता ta त Ti ति Te टे te टे Ki कि Ka क Ga ग Ge गे di दि na न"
        ),
        "mridangam": _SOLKATTU,
        "ghatam": _SOLKATTU,
        "dhol": _tongue("pa", "Dha ਧਾ Na ਨਾ"),
        "darbuka": _tongue("ar", "dum دُمْ tak تَكْ ka كَا"),
        "daf": _tongue("fa", "dum دُم tak تَک ka کَ"),
        "tombak": _tongue("fa", "tom تُم bak بَک"),
        "kudum": _tongue("tr", "düm düm tek tek ke ke"),
        "janggu": _tongue("ko", "덩 덩 기덕 기덕 쿵 쿵 더 더 러 러 덕 덕"),
    }
)
"""By drum family."""
