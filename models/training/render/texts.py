"""Draws the text of a plate: real serial formats, generic shapes, vanity words, random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .states import GENERIC_FORMATS, HIRE_FORMATS, ISSUERS, SKIPPED_LETTERS

LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
DIGITS = '0123456789'
ALPHABET = DIGITS + LETTERS
GAPS = ' -.'

_CODES = tuple(ISSUERS)
_WEIGHTS = np.array([ISSUERS[code].weight for code in _CODES])
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()

_WORDS = (
    'MOM DAD KID CAT DOG SUN SKY SEA RUN SKI FLY GO MY YOUR LUV LOVE CAR VAN JEEP FAST SLOW ROAD '
    'TRIP GOLF SURF BIKE HIKE FISH BASS DEER BEAR WOLF HAWK EAGLE TIGER LION PONY HORSE RIDE ROCK '
    'JAZZ BLUES SOUL KING QUEEN LADY GIRL BOY MAN BIG LIL TINY RED BLUE GREEN GOLD PINK ICE FIRE '
    'WIND RAIN SNOW STAR MOON MARS NOVA ZEN ZOOM VROOM TURBO BOOST VETTE STANG CHEVY FORD DODGE '
    'TOYS JOY HAPPY SMILE PEACE HOPE FAITH GRACE BLESS XOXO WOW YES COOL HOT SEXY CUTE QUIK JUMP '
    'GRANDMA NANA PAPA TEACH NURSE DOC LAW COP ARMY NAVY VET USA CALI TEXAS OHIO MAINE UTAH '
    'PIZZA TACO WINE BEER CAFE JAVA QUILT KNIT SEW BAKE COOK FARM BARN TRUCK TOW HAUL BUILD '
    'JACK JILL MARY JOHN KATE MIKE DAVE LISA ANNA QUINN ZACK AXEL KEVIN OSCAR HUGO IVY'
).split()
_ONSETS = 'B C D F G H J K L M N P Q R S T V W X Y Z BR CH CR DR FL GR KN PH PL QU SH SK ST TH TR WH'.split()
_VOWELS = 'A E I O U Y AI EA EE IE OA OO OU'.split()
_CODAS = ['', '', 'B', 'CK', 'D', 'G', 'K', 'L', 'M', 'N', 'NG', 'P', 'R', 'S', 'T', 'X', 'Z']


@dataclass(frozen=True)
class Serial:
    """`drawn` keeps the gaps as they stand on the plate; `text` is what a reader reports."""

    drawn: str
    state: str

    @property
    def text(self) -> str:
        return ''.join(c for c in self.drawn if c not in GAPS)


def _pick(rng: np.random.Generator, items) -> str:
    return items[int(rng.integers(len(items)))]


def fill_format(rng: np.random.Generator, pattern: str, skipped: str = '') -> str:
    """Fills `9`, `1`, `A` and `a` (no I, O or Q) of a format at random, without the letters skipped; other
    characters stay."""
    letters = ''.join(c for c in LETTERS if c not in skipped)
    fillers = {'9': DIGITS, '1': DIGITS[1:], 'A': letters, 'a': ''.join(c for c in letters if c not in 'IOQ')}
    return ''.join(_pick(rng, fillers[c]) if c in fillers else c for c in pattern)


def issued_serial(rng: np.random.Generator, state: str) -> str:
    """A serial as the issuer gives it, by the weight of its formats (`14*1AAA999` weighs 14)."""
    formats = ISSUERS[state].formats
    weights = np.array([float(f.split('*')[0]) if '*' in f else 1.0 for f in formats])
    chosen = formats[int(rng.choice(len(formats), p=weights / weights.sum()))]
    return fill_format(rng, chosen.split('*')[-1], SKIPPED_LETTERS.get(state, ''))


@dataclass(frozen=True)
class HireSerial:
    """The issuer of a cab's or lorry's plate, what is drawn, and how many of its last characters are small."""

    state: str
    drawn: str
    small: int


def hire_serial(rng: np.random.Generator) -> HireSerial:
    """Draws the serial of a cab or lorry."""
    state, pattern, small = HIRE_FORMATS[int(rng.integers(len(HIRE_FORMATS)))]
    return HireSerial(state, fill_format(rng, pattern), small)


def random_state(rng: np.random.Generator) -> str:
    """An issuer's code by its weight."""
    return _CODES[int(rng.choice(len(_CODES), p=_WEIGHTS))]


def _vanity(rng: np.random.Generator) -> str:
    roll = rng.random()
    if roll < 0.35:
        word = _pick(rng, _WORDS)
        if rng.random() < 0.5:
            word += _pick(rng, [' ', '', '']) + _pick(rng, _WORDS)
    elif roll < 0.8:
        word = ''.join(
            _pick(rng, _ONSETS) + _pick(rng, _VOWELS) + _pick(rng, _CODAS)
            for _ in range(int(rng.integers(1, 4)))
        )
    else:
        word = _pick(rng, _WORDS)[:4] + _pick(rng, [' ', '', '-']) + str(int(rng.integers(1, 1000)))
    if rng.random() < 0.15:
        cut = int(rng.integers(0, len(word) + 1))
        word = word[:cut] + _pick(rng, DIGITS) + word[cut:]
    word = word[: int(rng.integers(5, 9))].strip(GAPS)
    return word if len(word) > 1 else word + _pick(rng, LETTERS) + _pick(rng, DIGITS)


def uniform_text(rng: np.random.Generator) -> str:
    """Four to eight random characters, perhaps with a gap: what no format explains."""
    drawn = ''.join(_pick(rng, ALPHABET) for _ in range(int(rng.integers(4, 9))))
    if rng.random() < 0.5:
        cut = int(rng.integers(1, len(drawn)))
        drawn = drawn[:cut] + _pick(rng, ' -  ') + drawn[cut:]
    return drawn


def random_serial(rng: np.random.Generator, state: str | None = None) -> Serial:
    """Draws a serial: three in five of real formats of issuers, an eighth generic, a tenth vanity, the rest
    uniform random (without those the net learns a language instead of shapes).

    With `state` given the serial follows one of that issuer's formats nine times in ten.
    """
    issuer = state or random_state(rng)
    roll = rng.random()
    if state is not None:
        roll *= 0.69
    if roll < 0.62:
        return Serial(issued_serial(rng, issuer), issuer)
    if roll < 0.74:
        return Serial(fill_format(rng, _pick(rng, GENERIC_FORMATS)), issuer)
    if roll < 0.84:
        return Serial(_vanity(rng), issuer)
    return Serial(uniform_text(rng), issuer)


def with_gap(rng: np.random.Generator, text: str) -> str:
    """Puts the usual gap into a given text of 5 to 7 characters (California's `1AAA999` has none)."""
    if not 5 <= len(text) <= 7 or (len(text) == 7 and text[0].isdigit() and text[1:4].isalpha()):
        return text
    cut = 3 if len(text) != 5 else 2
    return text[:cut] + _pick(rng, [' ', ' ', '-']) + text[cut:]
