"""Turns the real sets into one compact grey store, so that training never decodes a JPEG.

    python3 -m detector.cache --data ../shared/data --out .cache/train/detector

Writes `pixels.bin` (each picture twice: as it is, and with its plates painted over) and
`index.json`. Only the sets whose licence allows training are read.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np

TRAIN_SETS = ('chirag-experiment-plates', 'roboflow-openimages-350', 'robertlucian-ro')

SQUARED_SETS = ('chirag-experiment-plates', 'roboflow-openimages-350')
"""Sets whose pictures were squeezed to a square by their authors; they are about 4:3 in truth."""

COPIES_PER_SOURCE = 3
"""Some sets hold up to 16 altered copies of one photo; more than this teaches little."""


@dataclass(frozen=True)
class Entry:
    """One picture of the store. Boxes are (x, y, w, h) in its pixels."""

    source_set: str
    file: str
    height: int
    width: int
    offset: int
    """Byte offset of the picture in pixels.bin; the painted-over copy follows it."""
    boxes: list[list[float]]
    squared: bool
    rotated: bool
    """An altered copy whose boxes are loose (they enclose a rotated plate)."""
    blankable: bool
    """The plates are small enough that painting over them leaves a believable scene."""
    held_out: bool
    unsure: list[list[float]] = field(default_factory=list)
    """Places that look like plates without a label: neither plate nor background."""


def source_name(file: str) -> str:
    """The photo a file was derived from: the name without the export tool's hash."""
    return re.split(r'_(?:jpe?g|png)(?:_|\.|$)', file, flags=re.IGNORECASE)[0]


def is_rotated(grey: np.ndarray) -> bool:
    """True where at least two corner triangles are plain black: a rotated or cut-out copy."""
    side = max(6, min(grey.shape) // 25)
    corners = (grey[:side, :side], grey[:side, -side:], grey[-side:, :side], grey[-side:, -side:])
    return sum(float(np.median(c)) < 6 for c in corners) >= 2


def paint_over(grey: np.ndarray, boxes: list[list[float]]) -> np.ndarray:
    """The picture with every box (and 12 % around it) filled in from its surroundings."""
    mask = np.zeros(grey.shape, np.uint8)
    for x, y, w, h in boxes:
        a, b = int(x - 0.12 * w - 1), int(y - 0.15 * h - 1)
        c, d = int(x + 1.12 * w + 2), int(y + 1.15 * h + 2)
        mask[max(0, b) : d, max(0, a) : c] = 255
    return cv2.inpaint(grey, mask, 3, cv2.INPAINT_TELEA)


def build(data: Path, out: Path) -> None:
    """Reads the training sets under `data` and writes the store to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    offset = 0
    with (out / 'pixels.bin.part').open('wb') as pixels:
        for name in TRAIN_SETS:
            folder = data / name
            for line in (folder / 'index.jsonl').read_text().splitlines():
                row = json.loads(line)
                source = source_name(row['file'])
                seen[source] = seen.get(source, 0) + 1
                if seen[source] > COPIES_PER_SOURCE:
                    continue
                grey = cv2.imread(str(folder / row['file']), cv2.IMREAD_GRAYSCALE)
                if grey is None:
                    raise SystemExit(f'{folder / row["file"]}: not a readable picture')
                boxes = [p['box'] for p in row['plates']]
                height, width = grey.shape
                blankable = all(w < 0.45 * width and h < 0.45 * height for _, _, w, h in boxes)
                pixels.write(grey.tobytes())
                pixels.write((paint_over(grey, boxes) if blankable else grey).tobytes())
                entries.append(
                    Entry(
                        source_set=name,
                        file=row['file'],
                        height=height,
                        width=width,
                        offset=offset,
                        boxes=boxes,
                        squared=name in SQUARED_SETS,
                        rotated=is_rotated(grey),
                        blankable=blankable,
                        held_out=zlib.crc32(source.encode()) % 16 == 0,
                    )
                )
                offset += 2 * height * width
            print(f'{name}: {sum(e.source_set == name for e in entries)} pictures', flush=True)
    (out / 'pixels.bin.part').rename(out / 'pixels.bin')
    write_index(out, entries)


def write_index(folder: Path, entries: list[Entry]) -> None:
    """Replaces the store's table of pictures."""
    part = folder / 'index.part'
    part.write_text(json.dumps([asdict(e) for e in entries]))
    part.rename(folder / 'index.json')


class Store:
    """The store, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self.pixels = np.memmap(folder / 'pixels.bin', np.uint8, 'r')
        self.entries = [Entry(**e) for e in json.loads((folder / 'index.json').read_text())]

    def picture(self, entry: Entry, blank: bool = False) -> np.ndarray:
        """uint8 [H,W]; with `blank` the copy whose plates are painted over."""
        size = entry.height * entry.width
        start = entry.offset + (size if blank else 0)
        return self.pixels[start : start + size].reshape(entry.height, entry.width)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    build(args.data, args.out)


if __name__ == '__main__':
    main()
