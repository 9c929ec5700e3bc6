"""Cards as /proc/asound lists them on real machines, and the one that the box takes."""

import re
from pathlib import Path

import pytest

from jambox.sound import cards
from jambox.sound.cards import Card, choose, listed, parse_cards

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


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ((), None),
        (HDMI, None),
        ((KEYBOARD,), None),
        ((MICROPHONE,), None),
        (parse_cards(RIG_CARDS, RIG_PCMS), None),
        ((HEADPHONES, *HDMI), HEADPHONES),
        ((*HDMI, HEADPHONES, KEYBOARD, DONGLE), DONGLE),
        ((HEADPHONES, DONGLE, DAC), DAC),
        ((HEADPHONES, DAC, SCARLETT), SCARLETT),
        ((HEADPHONES, SCARLETT, HAT), HAT),
        ((HEADPHONES, MICROPHONE), HEADPHONES),
        ((LAPTOP, SCARLETT), SCARLETT),
        ((LAPTOP, DONGLE), LAPTOP),
        ((LAPTOP,), LAPTOP),
        (parse_cards(PI_CARDS, PI_PCMS), HAT),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_card_to_play_on(there: tuple[Card, ...], chosen: Card | None, turned: bool) -> None:
    assert choose(there[::-1] if turned else there) == chosen


def test_of_equals_the_first_is_taken() -> None:
    second = Card("USB_1", "USB-Audio", "Scarlett 2i2 USB", True, True)
    assert choose((SCARLETT, second)) == SCARLETT


def test_a_card_is_addressed_by_its_id() -> None:
    assert re.fullmatch("hw:CARD=sndrpihifiberry", HAT.device)


def test_the_cards_of_this_machine_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "PROC", tmp_path)
    assert listed() == ()
    (tmp_path / "cards").write_text(PI_CARDS)
    assert listed() == ()
    (tmp_path / "pcm").write_text(PI_PCMS)
    assert listed() == parse_cards(PI_CARDS, PI_PCMS)
