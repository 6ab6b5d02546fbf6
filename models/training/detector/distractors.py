"""Draws things that are no plates but look a little like one: signs, stickers, lettering, badges,
lamps, grilles, bright rectangles. Patches are `height` pixels high and of any width.
"""

from __future__ import annotations

import string
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Drawn = tuple[np.ndarray, np.ndarray | None]
"""uint8 [H,W] of grey, and of opacity (None: covers all)."""


def random_text(rng: Rng, shortest: int, longest: int, digits: float = 0.5) -> str:
    """Capitals and digits, with a space now and then."""
    letters = string.ascii_uppercase
    chars = [
        str(rng.integers(10)) if rng.random() < digits else letters[rng.integers(26)]
        for _ in range(rng.integers(shortest, longest + 1))
    ]
    if len(chars) > 4 and rng.random() < 0.5:
        chars.insert(int(rng.integers(2, len(chars) - 1)), ' ')
    return ''.join(chars)


def _word(rng: Rng, shortest: int, longest: int) -> str:
    """A word as on signs and stickers: capitalised, lower case, or a number as of a phone."""
    if rng.random() < 0.15:
        digits = ''.join(str(d) for d in rng.integers(0, 10, 7))
        return f'{digits[:3]}-{digits[3:]}'
    letters = rng.choice(list('aaeeeiioounnrrsstlldhcmpgbfwyvk'), rng.integers(shortest, longest))
    word = ''.join(letters)
    pick = rng.random()
    return word.capitalize() if pick < 0.5 else word if pick < 0.7 else word.upper()


def draw_lines(
    rng: Rng,
    lines: list[str],
    width: int,
    height: int,
    ink: int,
    paper: int,
    fonts: list[Path],
    uneven: bool = False,
) -> np.ndarray:
    """uint8 [height,width]: lines of text fitted into a field; `uneven`: rows of several sizes."""
    field = Image.new('L', (width, height), paper)
    weights = np.exp(rng.normal(0, 0.5, len(lines))) if uneven else np.ones(len(lines))
    rows = height * weights / weights.sum()
    path = str(fonts[rng.integers(len(fonts))])
    top = 0.0
    for line, row_height in zip(lines, rows, strict=True):
        font = ImageFont.truetype(path, max(8, int(row_height * 1.1)))
        left, above, right, bottom = font.getbbox(line)
        glyphs = Image.new('L', (max(1, right - left), max(1, bottom - above)), paper)
        ImageDraw.Draw(glyphs).text((-left, -above), line, fill=ink, font=font)
        tall = max(4, int(row_height * rng.uniform(0.55, 0.85)))
        natural = glyphs.width * tall / glyphs.height
        wide = max(4, int(min(width * rng.uniform(0.8, 0.95), natural * rng.uniform(0.8, 1.3))))
        glyphs = glyphs.resize((wide, tall), Image.Resampling.BILINEAR)
        aside = rng.uniform(0.03, 0.97) if uneven and rng.random() < 0.4 else 0.5
        field.paste(glyphs, (int((width - wide) * aside), int(top + (row_height - tall) / 2)))
        top += row_height
    return np.asarray(field)


def _sign(rng: Rng, height: int, fonts: list[Path]) -> Drawn:
    """A square or very long sign in capitals."""
    width = int(height * rng.choice([rng.uniform(0.6, 1.2), rng.uniform(7.0, 11.0)]))
    rows = 1 if width > 6 * height else int(rng.integers(2, 6))
    lines = [random_text(rng, *((12, 26) if rows == 1 else (3, 9)), 0.1) for _ in range(rows)]
    paper, ink = (220, 30) if rng.random() < 0.5 else (40, 220)
    return draw_lines(rng, lines, width, height, ink, paper, fonts), None


def _sticker(rng: Rng, height: int, fonts: list[Path]) -> Drawn:
    """A bumper sticker or a shop or road sign of a plate's shape: words in rows of several sizes."""
    width = int(height * rng.uniform(1.4, 6.0))
    rows = int(rng.integers(2, 4))
    lines = [' '.join(_word(rng, 2, 9) for _ in range(rng.integers(1, 5))) for _ in range(rows)]
    paper, ink = int(rng.integers(0, 256)), int(rng.integers(0, 256))
    if abs(paper - ink) < 70:
        ink = (paper + 128) % 256
    grey = draw_lines(rng, lines, width, height, ink, paper, fonts, uneven=True).copy()
    if rng.random() < 0.4:
        size = int(height * rng.uniform(0.2, 0.4))
        centre = (size + 4 if rng.random() < 0.5 else width - size - 4, height // 2)
        cv2.circle(grey, centre, size, int(rng.integers(0, 256)), -1)
        cv2.circle(grey, centre, size // 2, int(rng.integers(0, 256)), -1)
    if rng.random() < 0.4:
        cv2.rectangle(grey, (3, 3), (width - 4, height - 4), ink, int(rng.integers(1, 5)))
    return grey, None


def _lettering(rng: Rng, height: int, fonts: list[Path]) -> Drawn:
    """Bare letters on whatever is there: façades, sides of vans, badges of models."""
    width = int(height * rng.uniform(2.0, 9.0))
    line = random_text(rng, 2, 10, 0.2) if rng.random() < 0.5 else _word(rng, 3, 10)
    mask = draw_lines(rng, [line], width, height, 255, 0, fonts)
    shade = rng.integers(120, 256) if rng.random() < 0.6 else rng.integers(0, 60)
    grey = np.full((height, width), shade, np.uint8)
    if rng.random() < 0.35:
        # Chrome: light from above, a dark edge below.
        ramp = np.linspace(rng.integers(180, 256), rng.integers(30, 160), height)
        grey[:] = ramp[:, None].astype(np.uint8)
        edge = np.roll(mask, (2, 2), (0, 1))
        grey = np.where(mask > 100, grey, rng.integers(0, 60)).astype(np.uint8)
        mask = np.maximum(mask, edge)
    return grey, np.ascontiguousarray(mask)


def _lamp(rng: Rng, height: int) -> Drawn:
    """A head, tail or fog lamp, or a reflector: bright glass with some structure."""
    width = int(height * rng.uniform(0.8, 4.5))
    mask = np.zeros((height, width), np.uint8)
    if rng.random() < 0.6:
        half = (width // 2 - 2, height // 2 - 2)
        cv2.ellipse(mask, (width // 2, height // 2), half, 0, 0, 360, 255, -1)
    else:
        lean = int(width * rng.uniform(0, 0.25))
        shape = [[lean, 2], [width - 2, 2], [width - 2 - lean // 2, height - 3], [2, height - 3]]
        cv2.fillPoly(mask, [np.array(shape, np.int32)], 255)
    ramp = np.linspace(rng.integers(100, 256), rng.integers(40, 256), width)
    grey = np.repeat(ramp[None, :], height, 0).astype(np.uint8)
    for _ in range(rng.integers(0, 5)):
        centre = (int(rng.integers(0, width)), int(rng.integers(height // 4, 3 * height // 4)))
        cv2.circle(grey, centre, int(height * rng.uniform(0.1, 0.4)), int(rng.integers(256)), -1)
    if rng.random() < 0.4:
        period = rng.uniform(5, 20)
        grey[:, (np.arange(width) % period) < period / 2] //= 2
    return grey, mask


def _panel(rng: Rng, height: int) -> Drawn:
    """A blank label, a window, a recess: one shade or a gradient, with or without an edge."""
    width = int(height * rng.uniform(1.2, 5.0))
    ramp = np.linspace(rng.integers(20, 250), rng.integers(20, 250), width)
    grey = np.repeat(ramp[None, :], height, 0).astype(np.uint8)
    if rng.random() < 0.5:
        grey[:] = rng.integers(20, 250)
    if rng.random() < 0.7:
        shade, wide = int(rng.integers(0, 255)), int(rng.integers(1, 5))
        cv2.rectangle(grey, (1, 1), (width - 2, height - 2), shade, wide)
    return grey, None


def _stripes(rng: Rng, height: int) -> Drawn:
    """A grille, blinds, a mesh, bars of a crossing, chevrons."""
    width = int(height * rng.uniform(1.2, 5.0))
    down, along = np.mgrid[0:height, 0:width].astype(np.float32)
    period = rng.uniform(6, 24)
    axis = (down, along, along + down, along - 0.6 * down)[rng.integers(4)]
    stripes = (axis % period) < period * rng.uniform(0.3, 0.7)
    if rng.random() < 0.3:
        stripes &= (along % (period * 1.5)) < period
    return np.where(stripes, rng.integers(100, 250), rng.integers(0, 80)).astype(np.uint8), None


def draw_distractor(rng: Rng, height: int, fonts: list[Path]) -> Drawn:
    """One of them."""
    pick = rng.random()
    if pick < 0.13:
        return _sign(rng, height, fonts)
    if pick < 0.4:
        return _sticker(rng, height, fonts)
    if pick < 0.7:
        return _lettering(rng, height, fonts)
    if pick < 0.83:
        return _lamp(rng, height)
    if pick < 0.92:
        return _panel(rng, height)
    return _stripes(rng, height)
