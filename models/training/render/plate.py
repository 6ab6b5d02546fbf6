"""Draws one licence plate: `render_plate(rng)` gives the flat face and what a reader should say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import attachments, face, fonts, paint, wear
from .serial import Place, SerialLayer, draw_serial
from .texts import ALPHABET, GAPS, Serial, random_serial, random_state, with_gap


@dataclass(frozen=True)
class Ink:
    """The print of a plate. mask: uint8 [H, W] over its face. cells: x, y, width, height of each
    character, shares of the face. float32 [n, 4]."""

    mask: np.ndarray
    cells: np.ndarray


def ink_of(*layers: SerialLayer) -> Ink:
    """What was printed on one face, all layers of the same size."""
    high, wide = layers[0].mask.shape
    cells = [cell for layer in layers for cell in layer.cells]
    shares = np.array(cells, np.float32) / np.array([wide, high, wide, high], np.float32)
    return Ink(np.max([layer.mask for layer in layers], axis=0), shares)


@dataclass(frozen=True)
class RenderedPlate:
    """A drawn plate.

    image: uint8 [H, W, 3] RGB, the face alone, 2:1, nothing around it.
    text: what a reader should report: digits and capitals, no gaps ('' if unreadable).
    state: two-letter code of the issuer, None where the face shows none (European shapes).
    look: 'colour' or 'ir'.
    rows: the texts of the rows where there are two, with `split`, the height between them as a
    share of the face; else empty.
    aspect: width by height of the plate before it was brought into the 2:1 picture.
    ink: where the characters are printed, whatever has become of them since.
    """

    image: np.ndarray
    text: str
    state: str | None
    look: str
    rows: tuple[str, ...] = ()
    split: float = 0.0
    aspect: float = 2.0
    ink: Ink | None = None


def _serial(rng: np.random.Generator, text: str | None, state: str | None) -> Serial:
    if text is None:
        return random_serial(rng, state)
    drawn = text.upper()
    unknown = [c for c in drawn if c not in ALPHABET + GAPS]
    if unknown or not drawn.strip(GAPS):
        raise ValueError(f'cannot draw {text!r}: use digits, letters and the gaps {GAPS!r}')
    known = state or random_state(rng)
    return Serial(drawn if any(c in GAPS for c in drawn) else with_gap(rng, drawn), known)


def draw_characters(
    rng: np.random.Generator,
    canvas: np.ndarray,
    layer: SerialLayer,
    palette: face.Palette,
    readable: bool,
) -> None:
    """Lays the characters onto the canvas with relief and wear, in place."""
    mask = layer.mask
    if rng.random() < 0.12:
        mask = wear.worn_characters(rng, mask)
    if rng.random() < 0.12:
        shadow = np.roll(mask, (1, 1), (0, 1))
        paint.blend(canvas, shadow, palette.accent, 0, 0, 0.6)
    alpha = float(rng.uniform(0.82, 1.0)) if readable else float(rng.uniform(0.0, 0.1))
    paint.blend(canvas, mask, palette.characters, 0, 0, alpha)
    if readable and rng.random() < 0.6:
        wear.emboss(rng, canvas, mask)


def _beside_serial(
    rng: np.random.Generator, canvas: np.ndarray, palette: face.Palette, place: Place
) -> Place:
    """Perhaps puts an emblem or stacked letters beside the serial; returns what room is left."""
    if rng.random() > 0.22:
        return place
    room = place.width * rng.uniform(0.07, 0.3)
    on_left = rng.random() < 0.66
    x = place.x if on_left else place.x + place.width - room
    if rng.random() < 0.5:
        narrow = min(room, place.height * 0.3)
        x = place.x if on_left else place.x + place.width - narrow
        attachments.draw_stacked(rng, canvas, palette, x, place.y, narrow, place.height)
        room = narrow + place.height * rng.uniform(0.05, 0.15)
    else:
        attachments.draw_emblem(
            rng, canvas, palette, x, place.y, room * 0.92, place.height * rng.uniform(0.6, 1)
        )
    left = place.x + room if on_left else place.x
    return Place(left, place.y, place.width - room, place.height)


def _layout(rng: np.random.Generator, height: int, width: int) -> Place:
    tall = rng.uniform(0.38, 0.62)
    top = rng.uniform(0.2, 0.38)
    top = min(top, 0.93 - tall)
    margin = rng.uniform(0.02, 0.08)
    return Place(margin * width, top * height, (1 - 2 * margin) * width, tall * height)


def _gap_emblems(
    rng: np.random.Generator, canvas: np.ndarray, layer: SerialLayer, palette: face.Palette
) -> None:
    for x, y, w, h in layer.gaps:
        if rng.random() < 0.45:
            attachments.draw_emblem(rng, canvas, palette, x, y + h * 0.1, w, h * rng.uniform(0.4, 0.9))


def render_plate(
    rng: np.random.Generator,
    look: str = 'colour',
    text: str | None = None,
    state: str | None = None,
    readable: bool = True,
    width: int = 256,
    small: int = 0,
) -> RenderedPlate:
    """Draws a plate of the United States.

    look: 'colour', or 'ir' for what an infra-red camera with its own light sees (greys).
    text, state: None draws at random; `text` may hold gaps (' ', '-', '.') to be drawn.
    readable: False draws it so faded and dirty that no one can read it.
    width: of the image in pixels; the height is half of it.
    small: so many of the last characters of `text` are smaller, as on New York's cabs.
    """
    if look not in ('colour', 'ir'):
        raise ValueError(f"look must be 'colour' or 'ir', not {look!r}")
    serial = _serial(rng, text, state)
    issuer = serial.state
    height = width // 2
    canvas = np.zeros((height, width, 3), np.float32)
    palette = face.draw_palette(rng, issuer, look)
    face.draw_background(rng, canvas, palette)
    place = _layout(rng, height, width)
    top, bottom = place.y / height, (place.y + place.height) / height
    place = _beside_serial(rng, canvas, palette, place)
    typeface = fonts.slab_font(rng) if text is None and rng.random() < 0.08 else None
    layer = draw_serial(rng, serial.drawn, height, width, place, issuer, typeface, small=small)
    if rng.random() < 0.14:
        side = width * rng.uniform(0.2, 0.5)
        x = rng.uniform(0, width - side)
        ghost = face.Palette(palette.background, palette.accent, palette.accent, palette.graphics * 0.4)
        attachments.draw_emblem(rng, canvas, ghost, x, height * 0.1, side, height * 0.8)
    _gap_emblems(rng, canvas, layer, palette)
    face.draw_lettering(rng, canvas, issuer, palette, top, bottom)
    if rng.random() < 0.75:
        attachments.draw_stickers(rng, canvas, palette, top, bottom)
    draw_characters(rng, canvas, layer, palette, readable)
    if text is None and rng.random() < 0.12:
        attachments.draw_use(rng, canvas, palette, top, bottom)
    if rng.random() < 0.5:
        attachments.draw_rim(rng, canvas, palette)
    if rng.random() < 0.7:
        attachments.draw_bolts(rng, canvas)
    if rng.random() < 0.4:
        attachments.draw_frame(rng, canvas, top, bottom)
    if not readable or rng.random() < 0.2:
        wear.dirty(rng, canvas, float(rng.uniform(0.7, 1.0) if not readable else rng.uniform(0.05, 0.35)))
    if rng.random() < 0.1:
        wear.scratches(rng, canvas)
    if look == 'ir':
        canvas[:] = canvas.mean(axis=2, keepdims=True)
    if text is None and rng.random() < 0.07:
        canvas = wear.dented(rng, canvas)
    image = np.clip(canvas, 0, 255).astype(np.uint8)
    text = serial.text if readable else ''
    return RenderedPlate(image, text, issuer, look, ink=ink_of(layer))
