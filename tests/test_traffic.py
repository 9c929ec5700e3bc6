"""The bench of the router: what it plays, and that its figures are of what went through."""

from jambox import traffic
from jambox.midi import messages
from jambox.midi.held import Held
from jambox.midi.loops import ASKED


def test_every_chord_that_is_played_ends() -> None:
    held = Held()
    for message in traffic.notes(4000):
        held.deliver("Keys", message, [("Synth", message)])
    assert len(held) == 0
    assert len(traffic.notes(1001)) == 1001
    assert all(map(messages.is_whole, traffic.notes(1001)))


def test_what_went_through_is_counted_and_timed() -> None:
    one, all_ten = traffic.measure(400)
    # What is transposed comes again as the next key of a scale, so the router asks each of the ten what comes back.
    assert (one.messages, one.sent) == (400, 400 + 10 * ASKED)
    assert (all_ten.messages, all_ten.sent) == (400, 4000 + 10 * ASKED)
    for result in (one, all_ten):
        assert result.rate > 0.0
        assert 0.0 < result.microseconds["p50"] <= result.microseconds["p99"]
    lines = traffic.table([one, all_ten]).splitlines()
    assert lines[0].startswith("each takes one of ten routes: ")
    assert f"{all_ten.rate:,.0f} messages a second in, {all_ten.sent / 400 * all_ten.rate:,.0f} out; p50 " in lines[1]
