"""Partners: a table of pairs that players know, and laws over all cycles that are shipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambox.music import partners
from jambox.music.cycle import Cycle
from tests.shipped import LIBRARY

CYCLES = tuple(LIBRARY.cycles.values())


def found(name: str, other: str) -> partners.Partner:
    return next(one for one in partners.partners(LIBRARY.cycle(name), CYCLES) if one.id == other)


@pytest.mark.parametrize(
    ("name", "other", "reasons", "period", "tempo"),
    [
        ("rupak", "tevra", ("as many pulses", "grouped alike", "7 of 11 onsets shared"), 7.0, 100.0),
        ("rupak", "lesnoto", ("as many pulses", "3 of 10 onsets shared"), 7.0, 100.0),
        ("jhaptal", "curcuna", ("as many pulses", "6 of 10 onsets shared"), 10.0, 100.0),
        ("bulerias", "standard-bell", ("as many pulses", "10 of 12 onsets shared"), 12.0, 220.0 / 3.0),
        ("keherwa", "four-floor", ("8 of 32 onsets shared",), 8.0, 160.0),
        ("four-floor", "techno", ("as many pulses", "grouped alike", "8 of 16 onsets shared"), 4.0, 122.0),
    ],
)
def test_reasons(name: str, other: str, reasons: tuple[str, ...], period: float, tempo: float) -> None:
    partner = found(name, other)
    assert partner.reasons == reasons
    assert partner.period == period
    assert partner.tempo == pytest.approx(tempo)
    assert partner.length == any(reason.startswith("as many") for reason in reasons)
    assert partner.grouping == ("grouped alike" in reasons)


def test_the_best_comes_first_and_readings_of_itself_do_not() -> None:
    ranked = partners.partners(LIBRARY.cycle("aqsaq"), CYCLES)
    assert not {"aqsaq", "aqsaq:sixth"} & {partner.id for partner in ranked}
    assert [partner.score for partner in ranked] == sorted((p.score for p in ranked), reverse=True)
    assert partners.good(LIBRARY.cycle("rupak"), CYCLES)[0].id == "tevra"
    assert all(p.score >= partners.GOOD for p in partners.good(LIBRARY.cycle("teental"), CYCLES))


@given(st.sampled_from(CYCLES))
def test_every_cycle_has_a_partner(cycle: Cycle) -> None:
    ranked = partners.partners(cycle, CYCLES)
    assert all(partner.score <= 1.0 and 0 <= partner.shared <= partner.places for partner in ranked)
    assert ranked == partners.partners(cycle, reversed(CYCLES))
    assert len({partner.id for partner in ranked}) == len(ranked) >= len(CYCLES) - 4
