"""Plates of elsewhere, 2.6 to 5 times as wide as high, so that the reader is no stranger abroad.

Each country's manner is one row of `_MANNERS`. What is printed beside the serial (country letters under
a ring of stars, the department in the right band, a city's name on top, seals) is drawn so that the
reader learns to leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from . import attachments, face, fonts, paint, wear
from .plate import RenderedPlate, draw_characters, ink_of
from .serial import Ones, Place, draw_serial
from .texts import DIGITS, GAPS, LETTERS, fill_format

_HEIGHT = 80
_COUNTRIES = 'F D CZ PL I E NL B GB UK SK H RO BG P A S FIN DK IRL L LT LV EST SLO HR GR'.split()
_CITIES = (
    'SP-SAO PAULO;RJ-RIO DE JANEIRO;MG-BELO HORIZONTE;PR-CURITIBA;RS-PORTO ALEGRE;BA-SALVADOR;'
    'SC-JOINVILLE;GO-GOIANIA;PE-RECIFE;CE-FORTALEZA;PR-LONDRINA;SP-CAMPINAS;DF-BRASILIA;ES-VITORIA;'
    'PR-MARINGA;SP-SANTOS;MT-CUIABA;PR-CASCAVEL'
).split(';')


@dataclass(frozen=True)
class _Manner:
    """formats as in states.py; shape: width by height; ground and ink by name in `_COLOURS`.

    left, right: how often a blue band is there; top: 'city', 'country' or nothing;
    seals: how often a gap holds one; weight: share among the plates drawn.
    """

    formats: tuple[str, ...]
    shape: tuple[float, float]
    schemes: tuple[tuple[str, str], ...]
    left: float = 0.0
    right: float = 0.0
    top: str = ''
    seals: float = 0.0
    narrow: float = 0.0
    weight: float = 1.0


_COLOURS = {
    'white': (238, 238, 236),
    'yellow': (240, 200, 40),
    'grey': (158, 162, 166),
    'black': (24, 24, 28),
    'red': (176, 30, 36),
    'blue': (30, 60, 160),
    'green': (24, 104, 62),
    'silver': (196, 198, 200),
}
_W, _Y, _DARK = ('white', 'black'), ('yellow', 'black'), ('black', 'white')

_MANNERS = (
    # France: bands on both sides; before 2009 none, and yellow at the rear.
    _Manner(('AA-999-AA',), (4.4, 5.0), (_W,), 1, 0.9, narrow=0.3, weight=2.2),
    _Manner(('9999 AA 99', '999 AAA 99', '999 AA 99'), (4.4, 5.0), (_W, _Y), 0.5, narrow=0.3),
    # Germany, Austria and others with seals between the groups.
    _Manner(('AA AA 999', 'A AA 9999', 'AAA AA 99', 'AA A 9999', 'AA 9999 A'), (4.4, 5.0), (_W,), 0.9,
            seals=0.8, narrow=0.4),
    # Czechia, Slovakia, Poland, Hungary, the Baltic.
    _Manner(('9A9 9999', '9A9 9999', 'AA 999AA', 'AA 99999', 'AAA-999', 'AAA 999'), (4.4, 5.0), (_W,), 0.85,
            seals=0.5, narrow=0.4, weight=1.2),
    # Italy, Spain, Portugal, the Netherlands, Belgium, Romania.
    _Manner(('AA 999AA', '9999 AAA', 'AA-99-AA', '99-AA-99', 'A-999-AA', '9-AAA-999', 'AA 99 AAA', 'A 999 AAA'),
            (4.3, 5.0), (_W, _W, _Y, ('white', 'red')), 0.9, 0.2, narrow=0.3),
    # Britain and Ireland.
    _Manner(('AA99 AAA', 'AA99 AAA', 'A999 AAA', '999-A-9999'), (4.2, 4.8), (_W, _Y), 0.5, narrow=0.2),
    # Brazil until 2018: the city on a strip above, grey; red for hire.
    _Manner(('AAA-9999',), (2.8, 3.3), (('grey', 'black'), ('grey', 'black'), ('silver', 'black'), ('red', 'white')),
            top='city', narrow=0.2, weight=2.5),
    # Mercosur: the country on a blue strip above.
    _Manner(('AAA9A99', 'AAA9A99', 'AA 999 AA', 'AAA 9999'), (2.8, 3.3), (_W,), top='country', narrow=0.3,
            weight=1.3),
    # Asia, Africa, Australia: plain, of many shapes; and light on dark of older days.
    _Manner(('AAA 9999', 'AAA 999', 'AA 9999 AA', '99 AAA 99', 'A 9999 AA', 'AAA-99A', '999 AAA', 'A9999A', 'AA 9999'),
            (2.6, 4.8), (_W, _Y, _DARK, _DARK, ('blue', 'white'), ('green', 'white'), ('white', 'green'), ('white', 'blue')),
            0.1, seals=0.2, weight=1.5),
)  # fmt: skip

# Plates whose 1 takes less room than the other characters. Britain: a bare bar, distinguished from an I by its place; the north
# of Ireland alone has an I among its letters. Plates from before 2001 and bought ones have all shapes.
_BRITISH = (
    _Manner(('AA99 AAA',), (4.2, 4.8), (_W, _Y), 0.5, narrow=0.1, weight=4),
    _Manner(('A999 AAA', 'A99 AAA', 'A9 AAA', 'AAA 999A', 'AAA 99A', 'AAA 9A'), (3.6, 4.8), (_W, _Y), 0.3, narrow=0.1,
            weight=3),
    _Manner(('AAA 999', '999 AAA', 'AA 9999', '9999 AA', '9 AAA', '99 AA', 'A 9', 'AAA 9', 'AIA 9999', 'AIA 999', 'IAA 9999'),
            (3.0, 4.8), (_W, _Y, _DARK), 0.2, narrow=0.1, weight=1.5),
)  # fmt: skip
# A 1 with a flag, narrow all the same: Ireland, Israel, the Netherlands, Australia, Malaysia and others.
_NARROW_ONES = (
    _Manner(('99-A-9999', '99-A-999', '991-A-9999', '991-A-999'), (4.2, 4.8), (_W,), 0.8, narrow=0.2),
    _Manner(('99-999-99', '999-99-999'), (3.4, 4.8), (_Y,), 0.8, narrow=0.2, weight=1.5),
    _Manner(('99-AA-99', '99-AAA-9', '9-AAA-99', 'AA-99-AA', 'AA-AA-99', 'AA-999-A'), (4.2, 4.8), (_Y,), 0.8),
    _Manner(('AAA 99A', 'AAA-999', 'AA-99-AA', 'AAA 9999', '9AA 9AA'), (2.6, 3.4), (_W, _Y, _DARK, ('white', 'blue'))),
    _Manner(('AAA 9999', 'AAA 999', 'AA 9999 A', 'A 9999 A'), (3.0, 4.8), (_DARK, _DARK, _W), 0, weight=0.7),
)  # fmt: skip


def _chosen(rng: np.random.Generator, manners: tuple[_Manner, ...]) -> _Manner:
    weights = np.array([m.weight for m in manners])
    return manners[int(rng.choice(len(manners), p=weights / weights.sum()))]


def _pick(rng: np.random.Generator, items):
    return items[int(rng.integers(len(items)))]


def _word(
    rng: np.random.Generator,
    canvas: np.ndarray,
    text: str,
    box: tuple[float, float, float, float],
    colour,
) -> None:
    """Lettering within a box (x, y, w, h) in pixels, in place."""
    x, y, w, h = box
    mask = paint.fit_height(
        fonts.lettering(text, _pick(rng, fonts.lettering_fonts()), face.LETTERING_PX), h, w
    )
    at = round(x + (w - mask.shape[1]) / 2), round(y + (h - mask.shape[0]) / 2)
    paint.blend(canvas, mask, colour, at[0], at[1], 1.0)


def _band(
    rng: np.random.Generator, canvas: np.ndarray, x: int, width: int, blue: np.ndarray, left: bool
) -> None:
    """A blue band: stars over the country on the left, a crest over the department on the right."""
    canvas[:, x : x + width] = blue
    if rng.random() < 0.15:
        return
    pale = np.full(3, rng.uniform(170, 245))
    middle = (x + width / 2, _HEIGHT * 0.3)
    if left or rng.random() < 0.3:
        stars = np.full(3, 200.0) if rng.random() < 0.4 else np.array([230.0, 200.0, 60.0])
        for turn in np.arange(0, 2 * np.pi, np.pi / 6):
            centre = middle + width * 0.33 * np.array([np.cos(turn), np.sin(turn)])
            cv2.circle(canvas, tuple(int(v) for v in np.round(centre)), 1, stars.tolist(), -1)
    else:
        radius = width * rng.uniform(0.2, 0.38)
        mask = paint.fit(paint.blob(rng, 32), radius * 2, radius * 2)
        paint.blend(canvas, mask, pale, round(middle[0] - radius), round(middle[1] - radius), 1.0)
    text = _pick(rng, _COUNTRIES) if left else _pick(rng, DIGITS) + _pick(rng, DIGITS)
    _word(rng, canvas, text, (x + width * 0.1, _HEIGHT * 0.6, width * 0.8, _HEIGHT * 0.27), pale)


def _top(rng: np.random.Generator, canvas: np.ndarray, kind: str, ink: np.ndarray, blue: np.ndarray) -> float:
    """The strip above the serial; returns its height as a share."""
    wide = canvas.shape[1]
    share = rng.uniform(0.17, 0.26)
    tall = _HEIGHT * share
    if kind == 'country':
        canvas[: round(tall)] = blue
        box = (wide * 0.3, tall * 0.2, wide * 0.4, tall * 0.6)
        _word(rng, canvas, _pick(rng, ('BRASIL', 'REPUBLICA ARGENTINA', 'URUGUAY')), box, (235,) * 3)
        return share
    if rng.random() < 0.5:
        # The city on a little plate of its own.
        left, right = round(wide * rng.uniform(0.2, 0.35)), round(wide * rng.uniform(0.65, 0.8))
        cv2.rectangle(canvas, (left, 2), (right, round(tall)), (ink * 0.6 + 60).tolist(), 1)
    text = _pick(rng, _CITIES)
    if rng.random() < 0.4:
        text = text.replace('-', '  ')
    box = (wide * 0.22, tall * 0.25, wide * 0.56, tall * rng.uniform(0.5, 0.75))
    _word(rng, canvas, text, box, ink)
    return share


def _seal(rng: np.random.Generator, canvas: np.ndarray, gap: tuple[int, int, int, int], look: str) -> None:
    """One or two round stickers in a gap, in place."""
    x, y, w, h = gap
    radius = max(min(w * 0.42, h * 0.2), 2)
    for share in (0.28, 0.75) if rng.random() < 0.5 else (rng.uniform(0.3, 0.7),):
        colour = rng.uniform(60, 230, 3) if look == 'colour' else np.full(3, rng.uniform(60, 230))
        centre = (round(x + w / 2), round(y + h * share))
        cv2.circle(canvas, centre, round(radius), colour.tolist(), -1, cv2.LINE_AA)
        cv2.circle(canvas, centre, max(round(radius * 0.5), 1), (colour * 0.6).tolist(), 1, cv2.LINE_AA)


def _palette(rng: np.random.Generator, manner: _Manner, look: str) -> face.Palette:
    ground, ink = _pick(rng, manner.schemes)
    if look == 'ir':
        bright, dark = rng.uniform(150, 255), rng.uniform(10, 110)
        if ground in ('black', 'blue', 'green', 'red') and rng.random() < 0.7:
            bright, dark = dark, bright
        grey = [np.full(3, v, np.float32) for v in (bright, dark)]
        return face.Palette(grey[0], grey[1], grey[1], 1.0)
    background = paint.jitter_colour(rng, _COLOURS[ground], 12)
    characters = paint.jitter_colour(rng, _COLOURS[ink], 12)
    return face.Palette(background, characters, characters, 1.0)


def render_wide_plate(rng: np.random.Generator, look: str = 'colour', width: int = 256) -> RenderedPlate:
    """A wide plate squeezed into the 2:1 face of `render_plate`, as a crop of it would be.

    `state` is None: the shape belongs to no issuer of the United States.
    """
    manner = _chosen(rng, _MANNERS)
    drawn = fill_format(rng, _pick(rng, manner.formats))
    if rng.random() < 0.15:
        # Other serials in the same manner, so that no format is learnt by heart.
        drawn = ''.join(c if c in GAPS else _pick(rng, LETTERS + DIGITS) for c in drawn)
    if rng.random() < 0.25:
        drawn = drawn.replace('-', ' ')
    return _render(rng, manner, drawn, None, look, width)


def render_narrow_ones_plate(
    rng: np.random.Generator, look: str = 'colour', width: int = 256
) -> RenderedPlate:
    """A plate whose 1 takes less room than its other characters, as British ones have it; else as `render_wide_plate`."""
    bare = rng.random() < 0.7
    manner = _chosen(rng, _BRITISH if bare else _NARROW_ONES)
    drawn = fill_format(rng, _pick(rng, manner.formats), 'IQ' if bare else '')
    digits = [i for i, c in enumerate(drawn) if c.isdigit()]
    for _ in range(int(rng.integers(0, 3))):
        at = _pick(rng, digits)
        drawn = f'{drawn[:at]}1{drawn[at + 1 :]}'
    if rng.random() < 0.25:
        drawn = drawn.replace('-', ' ')
    ones = Ones(float(rng.uniform(0.36, 0.6)), bare)
    return _render(rng, manner, drawn, ones, look, width)


def _render(
    rng: np.random.Generator, manner: _Manner, drawn: str, ones: Ones | None, look: str, width: int
) -> RenderedPlate:
    wide = round(_HEIGHT * rng.uniform(*manner.shape))
    palette = _palette(rng, manner, look)
    canvas = np.empty((_HEIGHT, wide, 3), np.float32)
    canvas[:] = palette.background
    blue = np.array([30, 60, 160]) if look == 'colour' else np.full(3, rng.uniform(40, 170))
    left, right = rng.uniform(0.012, 0.04), rng.uniform(0.012, 0.04)
    band = round(wide * rng.uniform(0.07, 0.1))
    if rng.random() < manner.left:
        _band(rng, canvas, 0, band, blue, True)
        left += band / wide
    if rng.random() < manner.right:
        _band(rng, canvas, wide - band, band, blue, False)
        right += band / wide
    above = _top(rng, canvas, manner.top, palette.characters, blue) if manner.top else 0.0
    tall = min(rng.uniform(0.6, 0.8), 0.94 - above)
    top = above + (1 - above - tall) * rng.uniform(0.35, 0.65)
    place = Place(wide * left, _HEIGHT * top, wide * (1 - left - right), _HEIGHT * tall)
    layer = draw_serial(rng, drawn, _HEIGHT, wide, place, ones=ones)
    for gap in layer.gaps:
        if rng.random() < manner.seals:
            _seal(rng, canvas, gap, look)
    if rng.random() < manner.narrow:
        # Thinner strokes, as the typefaces of Europe have them.
        layer.mask = cv2.erode(layer.mask, np.ones((2, 2), np.uint8))
    draw_characters(rng, canvas, layer, palette, True)
    if rng.random() < 0.6:
        attachments.draw_rim(rng, canvas, palette)
    if rng.random() < 0.4:
        attachments.draw_bolts(rng, canvas)
    if rng.random() < 0.3:
        wear.dirty(rng, canvas, float(rng.uniform(0.05, 0.4)))
    if look == 'ir':
        canvas[:] = canvas.mean(axis=2, keepdims=True)
    flat = paint.fit(np.clip(canvas, 0, 255).astype(np.uint8), width, width // 2)
    text = ''.join(c for c in drawn if c not in GAPS)
    return RenderedPlate(flat, text, None, look, aspect=wide / _HEIGHT, ink=ink_of(layer))
