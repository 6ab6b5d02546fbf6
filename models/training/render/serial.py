"""Lays the serial's characters into cells and draws them as one mask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from . import fonts, paint, strokes
from .texts import GAPS

# The characters that read as another when drawn in the wrong typeface.
CONFUSABLE = set('0ODQI1MW8B4AVZHT7LN')
_NARROW = set('I1')
# Size of the last characters where they are smaller, a share of the others'.
_SMALL = (0.5, 0.75)


@dataclass
class SerialLayer:
    """`mask` uint8 [H, W], 255 where a character is; `gaps` and `cells` (x, y, w, h) of free places
    and of characters."""

    mask: np.ndarray
    gaps: list[tuple[int, int, int, int]] = field(default_factory=list)
    cells: list[tuple[int, int, int, int]] = field(default_factory=list)
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True)
class Place:
    """Where the row of characters is, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Ones:
    """1 and I as narrow strokes, as Britain spaces them. pitch: the room that they take, as a share of the others';
    bare: the 1 has no flag either, so that only the place distinguishes it from an I."""

    pitch: float
    bare: bool


class _Glyphs:
    """Draws single characters of one plate in one consistent manner."""

    def __init__(
        self, rng: np.random.Generator, state: str | None, typeface: str | None, ones: Ones | None
    ) -> None:
        self._font = fonts.serial_fonts()[int(rng.integers(len(fonts.serial_fonts())))]
        own_die = state == 'CA' and rng.random() < 0.65
        style = strokes.california_style(rng) if own_die else strokes.random_style(rng)
        if ones:
            style = replace(style, one=0 if ones.bare else 1, serif_i=False)
        self._paths = strokes.glyph_paths(style)
        self._radius = style.radius
        roll = 0.0 if own_die else rng.random()
        self._stroked = set(self._paths) if roll < 0.4 else CONFUSABLE if roll < 0.7 else set()
        if typeface:
            self._font, self._stroked = typeface, set()
        if ones:
            self._stroked = self._stroked | _NARROW
        self._bar_narrow = rng.random() < 0.6
        self._stretch = float(rng.uniform(0.3, 1.0))
        self._reference = fonts.glyph('H', self._font).shape[1]
        # Strokes beside letters of a typeface take that typeface's weight.
        reference = fonts.glyph('H', self._font)
        stem = float((reference[reference.shape[0] // 4] > 128).sum()) / 2 / reference.shape[1]
        self._stem = stem if len(self._stroked) < len(self._paths) else float(rng.uniform(0.13, 0.25))

    def draw(self, character: str, width: float, height: float) -> np.ndarray:
        """One character for a cell of this size. uint8 mask, perhaps narrower than the cell."""
        if character in self._stroked:
            full = width
            if character in _NARROW and self._bar_narrow:
                width *= 0.62
            thickness = max(min(self._stem * full, 0.15 * height), 1.5)
            return strokes.draw_strokes(
                self._paths[character],
                max(round(width), 4),
                max(round(height), 6),
                thickness,
                self._radius,
            )
        cut = fonts.glyph(character, self._font)
        ratio = cut.shape[1] / self._reference
        wide = width * (ratio if character in _NARROW else ratio**self._stretch)
        return paint.fit(cut, min(wide, width * 1.12), height)


def _weights(rng: np.random.Generator, drawn: str, ones: Ones | None) -> list[float]:
    """Share of a cell's pitch that each drawn character takes."""
    gap = {' ': rng.uniform(0.35, 0.9), '-': rng.uniform(0.45, 0.9), '.': rng.uniform(0.4, 0.7)}
    if rng.random() < 0.2:
        gap[' '] = rng.uniform(0.9, 1.5)
    if ones:
        gap['1'] = gap['I'] = ones.pitch
    return [float(gap.get(c, 1.0)) for c in drawn]


def _separator(layer: np.ndarray, kind: str, x: float, y: float, w: float, h: float) -> None:
    """Draws a dash or dot into a gap, in place."""
    cx, cy = x + w / 2, y + h * 0.5
    if kind == '-':
        half, thick = w * 0.3, h * 0.055
        cv2.rectangle(
            layer,
            (round(cx - half), round(cy - thick)),
            (round(cx + half), round(cy + thick)),
            255,
            -1,
        )
    elif kind == '.':
        cv2.circle(layer, (round(cx), round(cy)), max(round(h * 0.07), 1), 255, -1, cv2.LINE_AA)


def _thicken(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Dilates or erodes the layer by up to about 4 % of the characters' height."""
    amount = rng.normal(0.0, 0.6)
    if abs(amount) < 0.25:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    moved = cv2.dilate(mask, kernel) if amount > 0 else cv2.erode(mask, kernel)
    if abs(amount) > 1.3:
        moved = cv2.dilate(moved, kernel) if amount > 0 else moved
    share = min(abs(amount), 1.0)
    return cv2.addWeighted(mask, 1 - share, moved, share, 0)


def draw_serial(
    rng: np.random.Generator,
    drawn: str,
    height: int,
    width: int,
    place: Place,
    state: str | None = None,
    typeface: str | None = None,
    ones: Ones | None = None,
    small: int = 0,
) -> SerialLayer:
    """Draws `drawn` (gaps included) into `place` on a canvas of height × width pixels.

    typeface: path of the one to draw all of it in; None chooses among them and the strokes.
    ones: how 1 and I are drawn where they take less room than the others. small: so many of the last characters
    are smaller than the others, and stand on their line.
    """
    mask = np.zeros((height, width), np.uint8)
    layer = SerialLayer(mask)
    glyphs = _Glyphs(rng, state, typeface, ones)
    weights = _weights(rng, drawn, ones)
    less = float(rng.uniform(*_SMALL)) if small else 1.0
    sizes = [1.0] * (len(drawn) - small) + [less] * small
    weights = [weight * size for weight, size in zip(weights, sizes, strict=True)]
    pitch = min(place.width / sum(weights), place.height * rng.uniform(0.55, 0.72))
    cell = pitch * rng.uniform(0.72, 0.9)
    total = pitch * sum(weights)
    slack = max(place.width - total, 0)
    x = place.x + slack * (0.5 + (rng.uniform(-0.5, 0.5) if rng.random() < 0.2 else 0))
    left = x
    for character, weight, size in zip(drawn, weights, sizes, strict=True):
        step = pitch * weight
        if character in GAPS:
            _separator(mask, character, x, place.y, step, place.height)
            if character == ' ':
                layer.gaps.append((round(x), round(place.y), round(step), round(place.height)))
        else:
            cut = glyphs.draw(character, cell * size, place.height * size)
            at = round(x + (step - cut.shape[1]) / 2)
            y = round(place.y + place.height * (1 - size))
            x0, x1 = max(at, 0), min(at + cut.shape[1], width)
            y1 = min(y + cut.shape[0], height)
            layer.cells.append((at, y, cut.shape[1], cut.shape[0]))
            if x1 > x0:
                part = mask[y:y1, x0:x1]
                np.maximum(part, cut[: y1 - y, x0 - at : x1 - at], out=part)
        x += step
    layer.box = (round(left), round(place.y), round(x - left), round(place.height))
    layer.mask = _thicken(rng, mask)
    return layer
