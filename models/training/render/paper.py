"""Temporary plates printed on paper: thin black print on white, dates, small print, a bar code."""

from __future__ import annotations

import cv2
import numpy as np

from . import face, fonts, paint, wear
from .plate import RenderedPlate, draw_characters, ink_of
from .serial import Place, draw_serial
from .states import ISSUERS
from .texts import GAPS, fill_format, random_state

_FORMATS = (
    '99999A9', 'A999999', '9999999', '99A9999', 'AA99A99', '999999A', '9AAA999', 'AA99999', 'A9999999',
    '99999999', 'AAA9999', '9999AA', 'AA99A999', '999AAA9', 'A99 999', 'AAAA999', 'AA 99A99',
)  # fmt: skip
_HEADINGS = (
    'TEMPORARY', 'TEMPORARY TAG', 'TEMP', '30 DAY TAG', 'BUYER', 'TEMPORARY PERMIT', 'BUYER TAG',
    'IN TRANSIT', 'DRIVE-OUT', 'TEMPORARY LICENSE PLATE', 'NON-RESIDENT', 'DEALER',
)  # fmt: skip


def _bar_code(rng: np.random.Generator, canvas: np.ndarray, x: int, y: int, w: int, h: int) -> None:
    bars = rng.random(max(w // 2, 4)) < 0.5
    mask = np.repeat(bars.astype(np.uint8) * 255, 2)[None].repeat(max(h, 2), 0)
    paint.blend(canvas, mask, (25, 25, 25), x, y, 0.95)


def render_paper_plate(rng: np.random.Generator, look: str = 'colour', width: int = 256) -> RenderedPlate:
    """A temporary paper plate, 2:1, as `render_plate` gives a metal one.

    Paper does not send light back: under infra-red it is a dull grey.
    """
    height = width // 2
    state = random_state(rng)
    drawn = fill_format(rng, _FORMATS[int(rng.integers(len(_FORMATS)))])
    white = rng.uniform(200, 250) if look == 'colour' else rng.uniform(70, 190)
    ground = paint.jitter_colour(rng, (white,) * 3, 5)
    ink = paint.jitter_colour(rng, (white * rng.uniform(0.08, 0.3),) * 3, 4)
    accent = ink if rng.random() < 0.7 else rng.uniform(20, 160, 3).astype(np.float32)
    palette = face.Palette(ground, ink, accent, 1.0)
    canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = ground
    if rng.random() < 0.25:
        cloud = (paint.smooth_noise(rng, height, width, 12) * 255).astype(np.uint8)
        paint.blend(canvas, cloud, accent, 0, 0, float(rng.uniform(0.05, 0.2)))
    tall = rng.uniform(0.28, 0.5)
    top = rng.uniform(0.2, 0.42)
    margin = rng.uniform(0.03, 0.1)
    place = Place(margin * width, top * height, (1 - 2 * margin) * width, tall * height)
    layer = draw_serial(rng, drawn, height, width, place)
    draw_characters(rng, canvas, layer, palette, True)
    heading = _HEADINGS[int(rng.integers(len(_HEADINGS)))]
    named = rng.random() < 0.6
    if named:
        heading = f'{ISSUERS[state].name.upper()} {heading}'
    pool = fonts.lettering_fonts()
    font = pool[int(rng.integers(len(pool)))]
    size = min(rng.uniform(0.08, 0.15), top - 0.05) * height
    face.draw_line(rng, canvas, heading, font, accent, size, rng.uniform(0.02, 0.05) * height, 1.0,
                   0.5, float(rng.uniform(0.5, 0.95)))  # fmt: skip
    below = 1 - top - tall
    if rng.random() < 0.75:
        date = f'{rng.integers(1, 13):02d}/{rng.integers(1, 29):02d}/20{rng.integers(15, 28)}'
        text = ('EXP ' if rng.random() < 0.6 else 'EXPIRES ') + date
        size = min(rng.uniform(0.07, 0.16), below - 0.06) * height
        face.draw_line(rng, canvas, text, font, ink, size, (top + tall + 0.04) * height, 1.0,
                       float(rng.uniform(0.35, 0.65)), 0.6)  # fmt: skip
    if rng.random() < 0.6:
        small = f'{rng.integers(2005, 2026)} FORD VIN 1FT{rng.integers(10**9, 10**10)}'
        face.draw_line(rng, canvas, small, font, ink, 0.05 * height, 0.92 * height, 1.0, 0.5, 0.7)
    if rng.random() < 0.4:
        _bar_code(rng, canvas, round(rng.uniform(0.04, 0.6) * width), round(0.86 * height),
                  round(width * 0.3), round(height * 0.1))  # fmt: skip
    if rng.random() < 0.4:
        # Creases of the paper or the glare of the bag over it.
        for _ in range(int(rng.integers(1, 4))):
            a = (int(rng.integers(width)), int(rng.integers(height)))
            b = (int(rng.integers(width)), int(rng.integers(height)))
            crease = np.zeros((height, width), np.uint8)
            cv2.line(crease, a, b, 255, int(rng.integers(1, 6)), cv2.LINE_AA)
            crease = cv2.GaussianBlur(crease, (0, 0), float(rng.uniform(0.8, 4)))
            paint.blend(canvas, crease, (white + 30,) * 3, 0, 0, float(rng.uniform(0.1, 0.5)))
    if rng.random() < 0.2:
        wear.dirty(rng, canvas, float(rng.uniform(0.05, 0.3)))
    if look == 'ir':
        canvas[:] = canvas.mean(axis=2, keepdims=True)
    image = np.clip(canvas, 0, 255).astype(np.uint8)
    text = ''.join(c for c in drawn if c not in GAPS)
    return RenderedPlate(image, text, state if named else None, look, ink=ink_of(layer))
