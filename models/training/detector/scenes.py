"""Writes rendered scenes to measure with: plates of known text, place, width and yaw in real scenes
that no training saw.

    python3 -m detector.scenes OUT [--n 200] [--size 1280x720|1920x1080|3840x2160] [--look day|night|ir]

Frames are grey JPEGs under OUT/images; OUT/index.jsonl has a line a frame as the real sets do
(`file`, `width`, `height`, `region`, `plates` of `text`, `box`, `quad`) and besides `look` (of the
frame: day; night, without infra-red light; ir, by night with it) and, for each plate, `region`,
`width_px` (as seen, in the frame) and `yaw_deg`. Plates are 40 to 600 pixels wide in a frame of
1280×720 and as much larger in a larger one; none to four a frame. The same arguments give the same
frames. Backgrounds are the held-out pictures of the detector's training sets: the store that
cache.py writes is made first where it is missing.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from datasets import CACHE, DATA
from render.plate import render_plate
from render.wide import render_wide_plate

from .cache import Entry, Store, build
from .crops import Scene, lay_picture
from .paste import darken_like_night, paste_patch, seen_from
from .patches import Patch

Rng = np.random.Generator

LOOKS = ('day', 'night', 'ir')
NARROWEST, WIDEST = 40, 600
"""Plate widths in pixels of a frame 1280 wide, log-uniform between."""

MOST_YAW = 50
"""Degrees."""

SEED = 20_261_122
"""Training never uses it."""


@dataclass(frozen=True)
class Plate:
    """A pasted plate; quad [4,2] and width in pixels of the frame."""

    text: str
    region: str
    quad: np.ndarray
    width: float
    yaw: float


def draw_patch(rng: Rng, look: str, width: float) -> tuple[Patch, str, str]:
    """A plate about as sharp as `width` pixels need, its text and region."""
    drawn_look = 'ir' if look == 'ir' and rng.random() < 0.85 else 'colour'
    pixels = int(np.clip(width * 1.3, 192, 1600)) // 2 * 2
    if rng.random() < 0.25:
        plate = render_wide_plate(rng, drawn_look, pixels)
        shape = (pixels, round(pixels / rng.uniform(4.2, 5.0)))
        region = 'world'
    else:
        plate = render_plate(rng, drawn_look, width=pixels)
        shape = (pixels, pixels // 2)
        region = f'us-{plate.state.lower()}' if plate.state else 'us'
    grey = cv2.cvtColor(np.asarray(plate.image), cv2.COLOR_RGB2GRAY)
    return Patch('scene', cv2.resize(grey, shape, interpolation=cv2.INTER_AREA)), plate.text, region


def lay_background(rng: Rng, canvas: np.ndarray, store: Store, entries: list[Entry]) -> None:
    """Covers the whole canvas with one plateless picture, wide ones first choice."""
    height, width = canvas.shape
    wide = [e for e in entries if e.width > 1000]
    choice = wide if wide and rng.random() < 0.6 else entries
    entry = choice[rng.integers(len(choice))]
    stretch = 4 / 3 if entry.squared else 1.0
    zoom = max(width / (entry.width * stretch), height / entry.height) * rng.uniform(1.0, 1.3)
    spare = (entry.width * stretch * zoom - width, entry.height * zoom - height)
    origin = (-rng.uniform(0, 1) * spare[0], -rng.uniform(0, 1) * spare[1])
    mirrored = bool(rng.random() < 0.5)
    lay_picture(Scene(canvas), store, entry, True, (zoom * stretch, zoom), origin, mirrored)


def place_cars(
    rng: Rng, scene: Scene, store: Store, entries: list[Entry], widths: list[float]
) -> list[tuple[np.ndarray, float]]:
    """Lays a car for each plate so that its own (painted-over) plate is as wide as wanted.

    Returns the middles [2] and widths of those that no later car hides.
    """
    height, width = scene.canvas.shape
    cars = [e for e in entries if e.width <= 1000]
    places: list[tuple[np.ndarray, float]] = []
    for wanted in widths:
        entry = cars[rng.integers(len(cars))]
        stretch = 4 / 3 if entry.squared else 1.0
        x, y, w, h = entry.boxes[rng.integers(len(entry.boxes))]
        zoom = wanted / (w * stretch)
        at = rng.uniform(0.55 * wanted, width - 0.55 * wanted)
        down = rng.uniform(0.35 * wanted, height - 0.35 * wanted)
        left, top = at - (x + w / 2) * zoom * stretch, down - (y + h / 2) * zoom
        right, bottom = left + entry.width * zoom * stretch, top + entry.height * zoom
        lay_picture(scene, store, entry, True, (zoom * stretch, zoom), (left, top), False)
        places = [
            (m, size)
            for m, size in places
            if m[0] + size / 2 < left
            or m[0] - size / 2 > right
            or m[1] + size / 3 < top
            or m[1] - size / 3 > bottom
        ]
        places.append((np.array([at, down]), wanted))
    return places


def paste_plates(
    rng: Rng, canvas: np.ndarray, look: str, places: list[tuple[np.ndarray, float]]
) -> list[Plate]:
    """Puts a rendered plate at each place that no earlier one covers."""
    height, width = canvas.shape
    plates: list[Plate] = []
    for middle, wanted in places:
        yaw = float(rng.uniform(-MOST_YAW, MOST_YAW))
        true_width = wanted / np.cos(np.deg2rad(yaw))
        patch, text, region = draw_patch(rng, look, true_width)
        true_height = true_width * patch.grey.shape[0] / patch.grey.shape[1]
        away = true_width * np.exp(rng.uniform(np.log(5), np.log(25)))
        pitch, roll = rng.normal(0, 0.12), np.deg2rad(rng.normal(0, 4))
        turned = (true_width, true_height, np.deg2rad(yaw), pitch, roll, away)
        quad = seen_from(*turned) + middle
        low, high = quad.min(0), quad.max(0)
        inside = (low >= 2).all() and high[0] <= width - 2 and high[1] <= height - 2
        apart = all((p.quad.min(0) > high + 4).any() or (p.quad.max(0) < low - 4).any() for p in plates)
        if not inside or not apart or not text:
            continue
        retro = look == 'ir' and rng.random() < 0.9
        paste_patch(rng, canvas, patch, quad, 'retro' if retro else 'plain')
        seen = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
        plates.append(Plate(text, region, quad, float(seen), yaw))
    return plates


def photograph(rng: Rng, canvas: np.ndarray, look: str) -> np.ndarray:
    """The frame after lens and sensor; darker looks are noisier."""
    if rng.random() < 0.3:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 1.1))
    if rng.random() < (0.15 if look == 'day' else 0.3):
        length = int(rng.integers(3, 8) * canvas.shape[1] / 1280)
        canvas = cv2.blur(canvas, (length, 1))
    tone = (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.15))
    tone = (tone - 0.5) * np.exp(rng.normal(0, 0.12)) + 0.5 + rng.normal(0, 0.03)
    canvas = cv2.LUT(canvas, np.clip(tone * 255, 0, 255).astype(np.uint8))
    noise = np.empty(canvas.shape, np.int16)
    cv2.randn(noise, 0, float(rng.uniform(1, 4) if look == 'day' else rng.uniform(2, 9)))
    return np.clip(canvas + noise, 0, 255).astype(np.uint8)


def make_scene(
    rng: Rng, store: Store, entries: list[Entry], size: tuple[int, int], look: str
) -> tuple[np.ndarray, list[Plate]]:
    """One frame (uint8 [H,W]) and its plates."""
    width, height = size
    scene = Scene(np.zeros((height, width), np.uint8))
    lay_background(rng, scene.canvas, store, entries)
    count = int(rng.choice([0, 1, 2, 3, 4], p=[0.08, 0.42, 0.25, 0.15, 0.1]))
    narrow, wide = np.log(NARROWEST), np.log(WIDEST)
    widths = sorted(np.exp(rng.uniform(narrow, wide, count)) * width / 1280, reverse=True)
    places = place_cars(rng, scene, store, entries, [float(w) for w in widths])
    if look != 'day':
        darken_like_night(rng, scene.canvas)
    plates = paste_plates(rng, scene.canvas, look, places)
    return photograph(rng, scene.canvas, look), plates


def write_scenes(out: Path, n: int, size: tuple[int, int], only: str | None, cache: Path) -> None:
    """Writes images and index; an index that is there says that all of them are."""
    if not (cache / 'index.json').exists():
        build(DATA, cache)
    store = Store(cache)
    # A picture with a doubtful place may hold a plate without a label.
    entries = [e for e in store.entries if e.held_out and e.blankable and e.boxes and not e.unsure]
    entries = [e for e in entries if not e.rotated]
    (out / 'images').mkdir(parents=True, exist_ok=True)
    lines = []
    for i in range(n):
        rng = np.random.default_rng([SEED, *size, i])
        look = only or LOOKS[i % len(LOOKS)]
        frame, plates = make_scene(rng, store, entries, size, look)
        file = f'images/{look}-{i:04d}.jpg'
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 96))]
        if not cv2.imwrite(str(out / file), frame, quality):
            raise SystemExit(f'{out / file}: cannot be written')
        rows = []
        for p in plates:
            low, high = p.quad.min(0), p.quad.max(0)
            rows.append(
                {
                    'text': p.text,
                    'box': [round(float(v), 1) for v in (*low, *(high - low))],
                    'quad': [[round(float(v), 2) for v in corner] for corner in p.quad],
                    'region': p.region,
                    'width_px': round(p.width, 1),
                    'yaw_deg': round(p.yaw, 1),
                }
            )
        head = {'file': file, 'width': size[0], 'height': size[1], 'region': 'rendered'}
        lines.append(json.dumps({**head, 'look': look, 'plates': rows}))
    part = out / 'index.part'
    part.write_text('\n'.join(lines) + '\n')
    part.rename(out / 'index.jsonl')


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('out', type=Path)
    parser.add_argument('--n', type=int, default=200, help='frames')
    parser.add_argument('--size', default='1280x720', help='of a frame, WIDTHxHEIGHT')
    parser.add_argument('--look', choices=LOOKS, help='all frames of one look; else by turns')
    parser.add_argument('--cache', type=Path, default=CACHE / 'detector')
    args = parser.parse_args()
    width, _, height = args.size.partition('x')
    if not (width.isdigit() and height.isdigit()):
        parser.error(f'--size {args.size}: give it as 1280x720')
    cv2.setNumThreads(1)
    write_scenes(args.out, args.n, (int(width), int(height)), args.look, args.cache)


if __name__ == '__main__':
    main()
