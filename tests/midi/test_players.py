from jambox.midi.offsets import Offsets
from jambox.midi.players import DRONE_PORT, RHYTHM, RHYTHM_PORT, Players, seated
from jambox.midi.route import Port

KEYS, PADS, DRUM = map(Port.parse, ("Keys:Keys 20:0", "Pads:Pads 24:0", "Drum:Drum 28:0"))
ALL = tuple(port.identity for port in (KEYS, PADS, DRUM))


def test_all_play_at_the_same_time_by_default() -> None:
    assert seated(Offsets(), (KEYS, PADS, DRUM)) == {0.0: Players(RHYTHM, ALL, ALL)}


def test_who_leads_gets_no_clock_and_who_listens_no_strokes() -> None:
    players = seated(Offsets(), (KEYS, PADS, DRUM), KEYS.instrument, {(24, 0)}, (RHYTHM_PORT, DRONE_PORT))
    assert players[0.0].led == (PADS.identity, DRUM.identity)
    assert players[0.0].struck == (KEYS.identity, DRUM.identity, RHYTHM_PORT)


def test_each_offset_holds_notes_of_its_own() -> None:
    players = seated(Offsets.of({"Drum": -12.5}), (KEYS, DRUM), own=(RHYTHM_PORT,))
    assert players == {
        -0.0125: Players("rhythm -12.5 ms", (DRUM.identity,), (DRUM.identity,)),
        0.0: Players(RHYTHM, (KEYS.identity, RHYTHM_PORT), (KEYS.identity,)),
    }
