"""Cards as /proc/asound lists them on real machines, and the one that the box takes."""

import re
from pathlib import Path

import pytest

from jambox.config import Audio
from jambox.sound import cards
from jambox.sound.cards import Card, card_of, listed, parse_cards, ranked

# Raspberry Pi 4 with two HDMI outputs, its headphone jack, a USB interface, a HAT, and a USB keyboard without audio.
PI_CARDS = """\
 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0
                      vc4-hdmi-0
 1 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 2 [vc4hdmi1       ]: vc4-hdmi - vc4-hdmi-1
                      vc4-hdmi-1
 3 [USB            ]: USB-Audio - Scarlett 2i2 USB
                      Focusrite Scarlett 2i2 USB at usb-0000:01:00.0-1.2, high speed
 4 [Keystation     ]: USB-Audio - Keystation 49e
                      M-Audio Keystation 49e at usb-0000:01:00.0-1.3, full speed
 5 [sndrpihifiberry]: RPi-simple - snd_rpi_hifiberry_dacplusadc
                      snd_rpi_hifiberry_dacplusadc
10 [Device         ]: USB-Audio - USB Audio Device
                      C-Media Electronics Inc. USB Audio Device at usb-0000:01:00.0-1.4, full speed
"""
PI_PCMS = """\
00-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1
01-00: bcm2835 Headphones : bcm2835 Headphones : playback 8
02-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1
03-00: USB Audio : USB Audio : playback 1 : capture 1
05-00: HiFiBerry DAC+ADC HiFi multicodec-0 : HiFiBerry DAC+ADC HiFi multicodec-0 : playback 1 : capture 1
10-00: USB Audio : USB Audio : playback 1
10-01: USB Audio #1 : USB Audio #1 : capture 1
"""
HDMI = (
    Card("vc4hdmi0", "vc4-hdmi", "vc4-hdmi-0", True, False),
    Card("vc4hdmi1", "vc4-hdmi", "vc4-hdmi-1", True, False),
)
HEADPHONES = Card("Headphones", "bcm2835_headpho", "bcm2835 Headphones", True, False)
SCARLETT = Card("USB", "USB-Audio", "Scarlett 2i2 USB", True, True)
KEYBOARD = Card("Keystation", "USB-Audio", "Keystation 49e", False, False)
HAT = Card("sndrpihifiberry", "RPi-simple", "snd_rpi_hifiberry_dacplusadc", True, True)
DONGLE = Card("Device", "USB-Audio", "USB Audio Device", True, False)
DAC = Card("DAC", "RPi-simple", "snd_rpi_hifiberry_dac", True, False)
MICROPHONE = Card("Mic", "USB-Audio", "Blue Snowball", False, True)
LAPTOP = Card("PCH", "HDA-Intel", "HDA Intel PCH", True, True)

# The rig's kernel, and a studio's computer.
RIG_CARDS = """\
 0 [Loopback       ]: Loopback - Loopback
                      Loopback 1
 1 [Dummy          ]: Dummy - Dummy
                      Dummy 1
 2 [VirMIDI        ]: VirMIDI - VirMIDI
                      Virtual MIDI Card 1
"""
RIG_PCMS = """\
00-00: Loopback PCM : Loopback PCM : playback 8 : capture 8
00-01: Loopback PCM : Loopback PCM : playback 8 : capture 8
01-00: Dummy PCM : Dummy PCM : playback 8 : capture 8
"""


def test_the_cards_of_a_pi() -> None:
    assert parse_cards(PI_CARDS, PI_PCMS) == (HDMI[0], HEADPHONES, HDMI[1], SCARLETT, KEYBOARD, HAT, DONGLE)


def test_the_cards_of_the_rig() -> None:
    assert parse_cards(RIG_CARDS, RIG_PCMS) == (
        Card("Loopback", "Loopback", "Loopback", True, True),
        Card("Dummy", "Dummy", "Dummy", True, True),
        Card("VirMIDI", "VirMIDI", "VirMIDI", False, False),
    )


def test_no_cards_at_all() -> None:
    assert parse_cards("--- no soundcards ---\n", "") == ()


def test_a_way_is_not_taken_from_a_name() -> None:
    text = " 0 [Mic            ]: simple-card - playback monitor - capture only\n"
    (card,) = parse_cards(text, "00-00: playback monitor : playback monitor : capture 1\n")
    assert card == Card("Mic", "simple-card", "playback monitor - capture only", False, True)


DEFAULT = Audio().prefer


@pytest.mark.parametrize(
    ("there", "order"),
    [
        ((), ()),
        (HDMI, ()),
        ((KEYBOARD,), ()),
        ((MICROPHONE,), ()),
        (parse_cards(RIG_CARDS, RIG_PCMS), ()),
        ((HEADPHONES, *HDMI), (HEADPHONES,)),
        ((*HDMI, HEADPHONES, KEYBOARD, DONGLE), (DONGLE, HEADPHONES)),
        ((HEADPHONES, DONGLE, DAC), (DAC, DONGLE, HEADPHONES)),
        ((HEADPHONES, DAC, SCARLETT), (DAC, SCARLETT, HEADPHONES)),
        ((DONGLE, SCARLETT), (SCARLETT, DONGLE)),
        ((HEADPHONES, MICROPHONE), (HEADPHONES,)),
        ((LAPTOP, SCARLETT), (SCARLETT, LAPTOP)),
        (parse_cards(PI_CARDS, PI_PCMS), (HAT, SCARLETT, DONGLE, HEADPHONES)),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_cards_to_play_on_best_first(there: tuple[Card, ...], order: tuple[Card, ...], turned: bool) -> None:
    assert ranked(there[::-1] if turned else there, DEFAULT) == order


@pytest.mark.parametrize(
    ("preferred", "order"),
    [
        (("jack", "hat"), (HEADPHONES, HAT)),
        (("Device", "usb"), (DONGLE, SCARLETT)),
        (("hdmi",), HDMI),
        (("USB Audio*",), (DONGLE,)),
        ((), ()),
    ],
)
def test_the_order_is_the_users(preferred: tuple[str, ...], order: tuple[Card, ...]) -> None:
    assert ranked(parse_cards(PI_CARDS, PI_PCMS), preferred) == order


def test_of_equals_the_first_is_taken() -> None:
    second = Card("USB_1", "USB-Audio", "Scarlett 2i2 USB", True, True)
    assert ranked((SCARLETT, second), DEFAULT)[0] == SCARLETT


def test_cards_of_one_make_are_told_apart_by_their_sockets() -> None:
    first, second = (
        Card(name, "USB-Audio", "Mic", False, True, f"usb-x-{n}") for n, name in ((1, "Mic"), (2, "Mic_1"))
    )
    swapped = tuple(Card(name, "USB-Audio", "Mic", False, True, f"usb-x-{n}") for n, name in ((2, "Mic"), (1, "Mic_1")))
    assert (first.key, second.key) == ("Mic@usb-x-1", "Mic@usb-x-2")
    assert [card.key for card in swapped] == [second.key, first.key]
    assert swapped[0].is_meant(second.key)
    assert not swapped[0].is_meant(first.key)
    assert all(card.is_meant("Mic") and card.is_meant("usb") and card.is_meant("M*@usb-x-?") for card in swapped)


@pytest.mark.parametrize(
    ("device", "found"),
    [
        ("hw:CARD=USB", SCARLETT),
        ("hw:USB,0", SCARLETT),
        ("plughw:CARD=USB,DEV=0", SCARLETT),
        ("hw:3", SCARLETT),
        ("hw:CARD=Nothing", None),
        ("default", None),
        ("null", None),
    ],
)
def test_the_card_of_an_alsa_name(device: str, found: Card | None) -> None:
    assert card_of(device, parse_cards(PI_CARDS, PI_PCMS)) == found


def test_a_card_is_addressed_by_its_id() -> None:
    assert re.fullmatch("hw:CARD=sndrpihifiberry", HAT.device)


def test_the_cards_of_this_machine_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "PROC", tmp_path)
    assert listed() == ()
    (tmp_path / "cards").write_text(PI_CARDS)
    assert listed() == ()
    (tmp_path / "pcm").write_text(PI_PCMS)
    assert listed() == parse_cards(PI_CARDS, PI_PCMS)
