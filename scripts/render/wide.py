"""European and South American plates (about 4.6:1), so that the reader is no stranger abroad."""

from __future__ import annotations

import numpy as np

from . import attachments, face, paint, wear
from .plate import RenderedPlate
from .serial import Place, draw_serial
from .texts import GAPS, fill_format

_FORMATS = (
    'AA99 AAA',
    'AA99 AAA',
    'AA-999-AA',
    'AA-999-AA',
    '9A9 9999',
    'AAA-9999',
    'AAA9A99',
    'AA 99 AAA',
    'A AA 9999',
    'AA 999',
    '9999 AAA',
    'AA 9999 A',
    'AAA 999',
    '999 AAA 99',
    '9999 AA 99',
    'AA-99-AA',
    'A 999 AA',
)


def render_wide_plate(
    rng: np.random.Generator, look: str = 'colour', width: int = 256
) -> RenderedPlate:
    """A wide plate squeezed into the 2:1 face of `render_plate`, as a crop of it would be.

    `state` is None: the shape belongs to no issuer of the United States.
    """
    drawn = fill_format(rng, _FORMATS[int(rng.integers(len(_FORMATS)))])
    height, wide = 80, round(80 * rng.uniform(4.0, 5.0))
    white = rng.random() < 0.7
    if look == 'ir':
        background, ink = np.full(3, rng.uniform(170, 255)), np.full(3, rng.uniform(10, 110))
    else:
        background = paint.jitter_colour(rng, (238, 238, 236) if white else (240, 200, 40), 10)
        ink = paint.jitter_colour(rng, (24, 24, 28), 10)
    canvas = np.empty((height, wide, 3), np.float32)
    canvas[:] = background
    palette = face.Palette(
        background.astype(np.float32), ink.astype(np.float32), ink.astype(np.float32), 1.0
    )
    left, right = rng.uniform(0.01, 0.04), rng.uniform(0.01, 0.04)
    bands = rng.random()
    blue = np.array([30, 60, 160]) if look == 'colour' else np.full(3, rng.uniform(40, 150))
    band = round(wide * rng.uniform(0.07, 0.1))
    if bands < 0.75:
        canvas[:, :band] = blue
        left += band / wide
        attachments.draw_stacked(
            rng,
            canvas,
            face.Palette(blue, np.full(3, 230.0), blue, 1.0),
            band * 0.3,
            height * 0.55,
            band * 0.5,
            height * 0.5,
        )
    if 0.4 < bands < 0.75:
        canvas[:, wide - band :] = blue
        right += band / wide
    tall = rng.uniform(0.62, 0.82)
    place = Place(wide * left, height * (1 - tall) / 2, wide * (1 - left - right), height * tall)
    layer = draw_serial(rng, drawn, height, wide, place)
    for x, y, w, h in layer.gaps:
        if rng.random() < 0.2:
            attachments.draw_emblem(rng, canvas, palette, x, y + h * 0.1, w, h * 0.7)
    paint.blend(canvas, layer.mask, ink, 0, 0, 1.0)
    if rng.random() < 0.4:
        wear.emboss(rng, canvas, layer.mask)
    if rng.random() < 0.7:
        attachments.draw_rim(rng, canvas, palette)
    if rng.random() < 0.3:
        wear.dirty(rng, canvas, float(rng.uniform(0.05, 0.4)))
    if look == 'ir':
        canvas[:] = canvas.mean(axis=2, keepdims=True)
    flat = paint.fit(np.clip(canvas, 0, 255).astype(np.uint8), width, width // 2)
    return RenderedPlate(flat, ''.join(c for c in drawn if c not in GAPS), None, look)
