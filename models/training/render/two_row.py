"""Plates with two rows of large characters: motorcycles, and the near-square ones of elsewhere."""

from __future__ import annotations

import numpy as np

from . import attachments, face, paint, wear
from .plate import RenderedPlate, draw_characters, ink_of
from .serial import Place, draw_serial
from .texts import ALPHABET, GAPS, fill_format, random_state

# Upper and lower row; `9` a digit, `A` a letter.
_FORMATS = (
    ('AA', '9999'), ('AAA', '999'), ('AAA', '9999'), ('99', 'A999'), ('9A', '9999'),
    ('AAA', '9A99'), ('AA', '99999'), ('999', 'AAA'), ('A99', '999'), ('AA 99', 'AAA'),
    ('99A', '9999'), ('AA', 'AA 999'), ('A 999', 'AAA'), ('AA9', '999'), ('9999', 'AA'),
    ('AA99', 'AAA'), ('99A9', '999'), ('A AA', '9999'), ('AA-99', '9999'), ('MC', '9999A'),
)  # fmt: skip


def _uniform(rng: np.random.Generator) -> tuple[str, str]:
    rows = [
        ''.join(ALPHABET[int(i)] for i in rng.integers(len(ALPHABET), size=int(rng.integers(2, 6))))
        for _ in range(2)
    ]
    return rows[0], rows[1]


def render_two_row_plate(rng: np.random.Generator, look: str = 'colour', width: int = 256) -> RenderedPlate:
    """A two-row plate squeezed into the 2:1 face of `render_plate`.

    `rows` holds the two texts, `split` the height between them as a share of the face.
    """
    roll = rng.random()
    drawn = _uniform(rng) if roll < 0.3 else _FORMATS[int(rng.integers(len(_FORMATS)))]
    if roll >= 0.3:
        drawn = (fill_format(rng, drawn[0]), fill_format(rng, drawn[1]))
    american = rng.random() < 0.55
    state = random_state(rng)
    # Drawn in its true shape and squeezed at the end, as a crop is.
    wide = round(width * rng.uniform(0.55, 0.9))
    height = width // 2
    canvas = np.zeros((height, wide, 3), np.float32)
    palette = face.draw_palette(rng, state, look)
    if american:
        face.draw_background(rng, canvas, palette)
    else:
        plain = [(238, 238, 236), (240, 200, 40), (150, 152, 156)][int(rng.integers(3))]
        if look == 'colour':
            ink = paint.jitter_colour(rng, (24, 24, 28), 10)
            palette = face.Palette(paint.jitter_colour(rng, plain, 10), ink, ink, 1.0)
        canvas[:] = palette.background
    top = rng.uniform(0.12, 0.24) if american else rng.uniform(0.03, 0.16)
    bottom = 1 - (rng.uniform(0.03, 0.16) if american else rng.uniform(0.03, 0.08))
    gap = rng.uniform(0.02, 0.09)
    share = rng.uniform(0.4, 0.56)
    upper = (bottom - top - gap) * share
    lower = bottom - top - gap - upper
    inset = rng.uniform(0.02, 0.08)
    layers = []
    for text, y, tall in ((drawn[0], top, upper), (drawn[1], top + upper + gap, lower)):
        margin = inset if len(text) > 3 else rng.uniform(inset, 0.25)
        place = Place(wide * margin, y * height, wide * (1 - 2 * margin), tall * height)
        layer = draw_serial(rng, text, height, wide, place, state)
        draw_characters(rng, canvas, layer, palette, True)
        layers.append(layer)
    if american:
        face.draw_lettering(rng, canvas, state, palette, top, bottom)
    elif look == 'colour' and rng.random() < 0.5:
        band = round(wide * rng.uniform(0.06, 0.12))
        canvas[: round(height * rng.uniform(0.4, 1)), :band] = (30, 60, 160)
    if rng.random() < 0.5:
        attachments.draw_rim(rng, canvas, palette)
    if rng.random() < 0.6:
        attachments.draw_bolts(rng, canvas)
    if rng.random() < 0.25:
        wear.dirty(rng, canvas, float(rng.uniform(0.05, 0.3)))
    if look == 'ir':
        canvas[:] = canvas.mean(axis=2, keepdims=True)
    flat = paint.fit(np.clip(canvas, 0, 255).astype(np.uint8), width, height)
    rows = tuple(''.join(c for c in row if c not in GAPS) for row in drawn)
    split = float(top + upper + gap / 2)
    return RenderedPlate(flat, ''.join(rows), None, look, rows, split, wide / height, ink_of(*layers))
