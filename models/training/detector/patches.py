"""The bank of things to paste into scenes: US plates, plates of the rest of the world, and things
that are no plates but look like them (signs, lettering, lamps).

    python3 -m detector.patches --out .cache/train/detector --plates 3000

US plates come from the project's own renderer (models/training/render/plate.py). Others are plain drawings:
the detector only needs their shape and contrast, not their text. Written as `patches.npz`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from render.plate import render_plate
from render.wide import render_wide_plate

from .distractors import draw_distractor, draw_lines, random_text

PATCH_HEIGHT = 128
"""Every patch is stored at this height (pixels); its width follows from its shape."""

KINDS = ('us-colour', 'us-ir', 'world', 'distractor')

FONT_FOLDERS = (Path('/usr/share/fonts/truetype'), Path('/usr/share/fonts/opentype'))
SKIPPED_FONTS = ('kristi', 'dancing', 'lobster', 'kaushan', 'leckerli', 'symbol', 'd05', 'barcode')


@dataclass(frozen=True)
class Patch:
    """One picture to paste. `grey` is uint8 [H,W]; `opacity` is the same (255 = covers), None where
    it covers all."""

    kind: str
    grey: np.ndarray
    opacity: np.ndarray | None = None


def font_files() -> list[Path]:
    """The upright fonts of this machine, sorted so that a seed means the same everywhere."""
    found = [p for folder in FONT_FOLDERS for p in folder.rglob('*') if p.suffix in ('.ttf', '.otf')]
    return sorted(p for p in found if not any(word in str(p).lower() for word in SKIPPED_FONTS))


def world_plate(rng: np.random.Generator, fonts: list[Path]) -> Patch:
    """A plate from elsewhere: long (about 4.5:1), South American, Japanese, or in two rows."""
    height = PATCH_HEIGHT
    shape = rng.random()
    two_rows = shape > 0.5
    ratio = (
        rng.uniform(1.2, 2.8)
        if two_rows
        else rng.uniform(2.6, 3.4)
        if shape > 0.35
        else rng.uniform(3.4, 5.2)
    )
    width = int(height * ratio)
    dark = rng.random() < 0.25
    paper = int(rng.integers(10, 70)) if dark else int(rng.integers(150, 250))
    ink = int(rng.integers(170, 250)) if dark else int(rng.integers(5, 70))
    lines = [random_text(rng, 2, 4), random_text(rng, 3, 5, 0.8)] if two_rows else [random_text(rng, 6, 9)]
    grey = draw_lines(rng, lines, width, height, ink, paper, fonts).copy()
    if not two_rows and rng.random() < 0.5:
        band = int(height * rng.uniform(0.3, 0.5))
        grey[:, :band] = rng.integers(30, 110)
        cv2.circle(grey, (band // 2, height // 3), band // 4, int(rng.integers(150, 220)), 2)
    if rng.random() < 0.6:
        cv2.rectangle(grey, (2, 2), (width - 3, height - 3), ink, int(rng.integers(1, 4)))
    return Patch('world', grey)


def distractor(rng: np.random.Generator, fonts: list[Path]) -> Patch:
    """Something that is no plate."""
    grey, opacity = draw_distractor(rng, PATCH_HEIGHT, fonts)
    return Patch('distractor', grey, opacity)


def wide_plate(rng: np.random.Generator) -> Patch:
    """A European or South American plate from the project's renderer, in its true shape."""
    look = 'ir' if rng.random() < 0.3 else 'colour'
    grey = cv2.cvtColor(render_wide_plate(rng, look, 512).image, cv2.COLOR_RGB2GRAY)
    width = int(PATCH_HEIGHT * rng.uniform(4.2, 5.0))
    return Patch('world', cv2.resize(grey, (width, PATCH_HEIGHT), interpolation=cv2.INTER_AREA))


def us_plate(rng: np.random.Generator, look: str) -> Patch:
    """A US plate from the project's renderer, reduced to grey."""
    image = render_plate(rng, look=look, readable=bool(rng.random() < 0.95)).image
    grey = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY)
    width = round(grey.shape[1] * PATCH_HEIGHT / grey.shape[0])
    return Patch(f'us-{look}', cv2.resize(grey, (width, PATCH_HEIGHT), interpolation=cv2.INTER_AREA))


def save(patches: list[Patch], path: Path) -> None:
    """One flat array of bytes and a table of kind and width: quick to map, nothing pickled."""
    part = path.with_suffix('.part.npz')
    np.savez(
        part,
        kind=np.array([KINDS.index(p.kind) for p in patches], np.uint8),
        width=np.array([p.grey.shape[1] for p in patches], np.int32),
        grey=np.concatenate([p.grey.ravel() for p in patches]),
        covers=np.array([p.opacity is None for p in patches]),
        opacity=np.concatenate(
            [np.zeros(0, np.uint8)] + [p.opacity.ravel() for p in patches if p.opacity is not None]
        ),
    )
    part.rename(path)


def load(path: Path) -> dict[str, list[Patch]]:
    """Kind → patches."""
    with np.load(path) as file:
        kinds, widths, covers = file['kind'], file['width'], file['covers']
        grey, opacity = file['grey'], file['opacity']
    patches: dict[str, list[Patch]] = {kind: [] for kind in KINDS}
    start = open_start = 0
    for kind, width, covered in zip(kinds, widths, covers, strict=True):
        size = int(width) * PATCH_HEIGHT
        shape = (PATCH_HEIGHT, int(width))
        name = KINDS[kind]
        face = grey[start : start + size].reshape(shape)
        start += size
        if covered:
            patches[name].append(Patch(name, face))
            continue
        patches[name].append(Patch(name, face, opacity[open_start : open_start + size].reshape(shape)))
        open_start += size
    return patches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--plates', type=int, default=3000, help='US plates to render')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(args.seed)
    fonts = font_files()
    if not fonts:
        raise SystemExit('no fonts under /usr/share/fonts: run models/training/setup first')
    patches = [world_plate(rng, fonts) for _ in range(args.plates // 4)]
    patches += [wide_plate(rng) for _ in range(args.plates // 3)]
    patches += [distractor(rng, fonts) for _ in range(args.plates // 2)]
    for i in range(args.plates):
        patches.append(us_plate(rng, 'ir' if i % 3 == 0 else 'colour'))
        if i % 500 == 0:
            print(f'{i} of {args.plates} US plates', flush=True)
    save(patches, args.out / 'patches.npz')


if __name__ == '__main__':
    main()
