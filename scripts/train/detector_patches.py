"""The bank of things to paste into scenes: US plates, plates of the rest of the world, and things
that are no plates but look like them (signs, lettering, lamps).

    detector_patches.py --out .cache/train/detector --plates 3000

US plates come from the project's own renderer (scripts/render/plate.py). Others are plain drawings:
the detector only needs their shape and contrast, nobody reads them. Written as `patches.npz`.
"""

from __future__ import annotations

import argparse
import string
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

PATCH_HEIGHT = 96
"""Every patch is stored at this height (pixels); its width follows from its shape."""

KINDS = ('us-colour', 'us-ir', 'world', 'distractor')

FONT_FOLDERS = (Path('/usr/share/fonts/truetype'), Path('/usr/share/fonts/opentype'))
SKIPPED_FONTS = ('kristi', 'dancing', 'lobster', 'kaushan', 'leckerli', 'symbol', 'd05', 'barcode')


@dataclass(frozen=True)
class Patch:
    """One picture to paste. `grey` is uint8 [H,W]; `opacity` is uint8 [H,W] (255 = covers)."""

    kind: str
    grey: np.ndarray
    opacity: np.ndarray


def font_files() -> list[Path]:
    """The upright fonts of this machine, sorted so that a seed means the same everywhere."""
    found = [
        p for folder in FONT_FOLDERS for p in folder.rglob('*') if p.suffix in ('.ttf', '.otf')
    ]
    return sorted(p for p in found if not any(word in str(p).lower() for word in SKIPPED_FONTS))


def random_text(rng: np.random.Generator, shortest: int, longest: int, digits: float = 0.5) -> str:
    """Capitals and digits, with a space now and then."""
    letters = string.ascii_uppercase
    chars = [
        str(rng.integers(10)) if rng.random() < digits else letters[rng.integers(26)]
        for _ in range(rng.integers(shortest, longest + 1))
    ]
    if len(chars) > 4 and rng.random() < 0.5:
        chars.insert(int(rng.integers(2, len(chars) - 1)), ' ')
    return ''.join(chars)


def draw_lines(
    rng: np.random.Generator,
    lines: list[str],
    width: int,
    height: int,
    ink: int,
    paper: int,
    fonts: list[Path],
) -> np.ndarray:
    """uint8 [height,width]: the lines of text fitted into a field of paper colour."""
    field = Image.new('L', (width, height), paper)
    rows = len(lines)
    row_height = height / rows
    path = str(fonts[rng.integers(len(fonts))])
    for i, line in enumerate(lines):
        font = ImageFont.truetype(path, max(8, int(row_height * 1.1)))
        left, top, right, bottom = font.getbbox(line)
        glyphs = Image.new('L', (max(1, right - left), max(1, bottom - top)), paper)
        ImageDraw.Draw(glyphs).text((-left, -top), line, fill=ink, font=font)
        tall = max(4, int(row_height * rng.uniform(0.55, 0.85)))
        natural = glyphs.width * tall / glyphs.height
        wide = max(4, int(min(width * rng.uniform(0.8, 0.95), natural * rng.uniform(0.8, 1.3))))
        glyphs = glyphs.resize((wide, tall), Image.Resampling.BILINEAR)
        x = (width - wide) // 2
        y = int(i * row_height + (row_height - tall) / 2)
        field.paste(glyphs, (x, y))
    return np.asarray(field)


def opaque(kind: str, grey: np.ndarray) -> Patch:
    return Patch(kind, np.ascontiguousarray(grey), np.full(grey.shape, 255, np.uint8))


def world_plate(rng: np.random.Generator, fonts: list[Path]) -> Patch:
    """A plate from elsewhere: long (about 4.5:1), South American, Japanese, or in two rows."""
    height = PATCH_HEIGHT
    shape = rng.random()
    two_rows = shape > 0.8
    ratio = (
        rng.uniform(1.3, 2.0)
        if two_rows
        else rng.uniform(2.6, 3.4)
        if shape > 0.7
        else rng.uniform(4.0, 4.8)
    )
    width = int(height * ratio)
    dark = rng.random() < 0.25
    paper = int(rng.integers(10, 70)) if dark else int(rng.integers(150, 250))
    ink = int(rng.integers(170, 250)) if dark else int(rng.integers(5, 70))
    lines = (
        [random_text(rng, 2, 4), random_text(rng, 3, 5, 0.8)]
        if two_rows
        else [random_text(rng, 6, 9)]
    )
    grey = draw_lines(rng, lines, width, height, ink, paper, fonts).copy()
    if not two_rows and rng.random() < 0.5:
        band = int(height * rng.uniform(0.3, 0.5))
        grey[:, :band] = rng.integers(30, 110)
        cv2.circle(grey, (band // 2, height // 3), band // 4, int(rng.integers(150, 220)), 2)
    if rng.random() < 0.6:
        cv2.rectangle(grey, (2, 2), (width - 3, height - 3), ink, int(rng.integers(1, 4)))
    return opaque('world', grey)


def distractor(rng: np.random.Generator, fonts: list[Path]) -> Patch:
    """Something that is no plate: a sign, bare lettering, a lamp, a blank label, a grille."""
    height = PATCH_HEIGHT
    pick = rng.random()
    if pick < 0.3:
        width = int(height * rng.choice([rng.uniform(0.6, 1.2), rng.uniform(7.0, 11.0)]))
        rows = 1 if width > 6 * height else int(rng.integers(2, 6))
        lines = [random_text(rng, *((12, 26) if rows == 1 else (3, 9)), 0.1) for _ in range(rows)]
        paper, ink = (220, 30) if rng.random() < 0.5 else (40, 220)
        return opaque('distractor', draw_lines(rng, lines, width, height, ink, paper, fonts))
    if pick < 0.65:
        width = int(height * rng.uniform(2.0, 9.0))
        mask = draw_lines(rng, [random_text(rng, 2, 10, 0.2)], width, height, 255, 0, fonts)
        grey = np.full(
            (height, width),
            rng.integers(120, 250) if rng.random() < 0.6 else rng.integers(0, 60),
            np.uint8,
        )
        return Patch('distractor', grey, np.ascontiguousarray(mask))
    if pick < 0.8:
        width = int(height * rng.uniform(0.8, 4.0))
        mask = np.zeros((height, width), np.uint8)
        cv2.ellipse(
            mask, (width // 2, height // 2), (width // 2 - 2, height // 2 - 2), 0, 0, 360, 255, -1
        )
        ramp = np.linspace(rng.integers(100, 256), rng.integers(40, 256), width)
        grey = np.repeat(ramp[None, :], height, 0).astype(np.uint8)
        return Patch('distractor', grey, mask)
    width = int(height * rng.uniform(1.2, 5.0))
    if pick < 0.9:
        grey = np.full((height, width), rng.integers(20, 250), np.uint8)
        cv2.rectangle(
            grey,
            (1, 1),
            (width - 2, height - 2),
            int(rng.integers(0, 255)),
            int(rng.integers(1, 5)),
        )
        return opaque('distractor', grey)
    period = rng.uniform(6, 24)
    axis = np.arange(height)[:, None] if rng.random() < 0.6 else np.arange(width)[None, :]
    stripes = np.broadcast_to((axis % period) < period / 2, (height, width))
    return opaque(
        'distractor',
        np.where(stripes, rng.integers(100, 250), rng.integers(0, 80)).astype(np.uint8),
    )


def us_plate(rng: np.random.Generator, look: str) -> Patch:
    """A US plate from the project's renderer, reduced to grey."""
    from render.plate import render_plate

    image = render_plate(rng, look=look, readable=bool(rng.random() < 0.95)).image
    grey = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY)
    width = round(grey.shape[1] * PATCH_HEIGHT / grey.shape[0])
    return opaque(
        f'us-{look}', cv2.resize(grey, (width, PATCH_HEIGHT), interpolation=cv2.INTER_AREA)
    )


def save(patches: list[Patch], path: Path) -> None:
    """One flat array of bytes and a table of kind and width: quick to map, nothing pickled."""
    part = path.with_suffix('.part.npz')
    np.savez(
        part,
        kind=np.array([KINDS.index(p.kind) for p in patches], np.uint8),
        width=np.array([p.grey.shape[1] for p in patches], np.int32),
        grey=np.concatenate([p.grey.ravel() for p in patches]),
        opacity=np.concatenate([p.opacity.ravel() for p in patches]),
    )
    part.rename(path)


def load(path: Path) -> dict[str, list[Patch]]:
    """Kind → patches."""
    with np.load(path) as file:
        kinds, widths, grey, opacity = file['kind'], file['width'], file['grey'], file['opacity']
    patches: dict[str, list[Patch]] = {kind: [] for kind in KINDS}
    start = 0
    for kind, width in zip(kinds, widths, strict=True):
        end = start + int(width) * PATCH_HEIGHT
        shape = (PATCH_HEIGHT, int(width))
        name = KINDS[kind]
        patches[name].append(
            Patch(name, grey[start:end].reshape(shape), opacity[start:end].reshape(shape))
        )
        start = end
    return patches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--plates', type=int, default=3000, help='US plates to render')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    cv2.setNumThreads(1)
    rng = np.random.default_rng(args.seed)
    fonts = font_files()
    if not fonts:
        raise SystemExit('no fonts under /usr/share/fonts: run scripts/train/setup first')
    patches = [world_plate(rng, fonts) for _ in range(args.plates // 3)]
    patches += [distractor(rng, fonts) for _ in range(args.plates // 4)]
    for i in range(args.plates):
        patches.append(us_plate(rng, 'ir' if i % 3 == 0 else 'colour'))
        if i % 500 == 0:
            print(f'{i} of {args.plates} US plates', flush=True)
    save(patches, args.out / 'patches.npz')


if __name__ == '__main__':
    main()
