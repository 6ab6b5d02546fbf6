"""Real plates at the corners that the project's own detector finds, framed again for training.

Two kinds: crops whose texts people wrote (`text_plates`), and plates of photos that the shipped reader reads
the same in two looks, surely (`photo_plates`). What is held out of a set is in neither.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import datasets
from folds import fold_of, picture_name

# Sets of crops with texts, and of photos, that may be trained on.
TEXT_CROPS = ('openimages-text', 'openlpr-pk-crops')
PLATE_PHOTOS = ('openimages-det-a', 'chirag-experiment-plates', 'roboflow-openimages-350', 'robertlucian-ro')
_SURE = 0.9
_LENGTHS = range(4, 9)
# A reader that drops narrow ones makes such texts of British plates, and is sure of them.
_LACKS_A_ONE = re.compile('[A-Z]{1,2}[0-9]{1,2}[A-Z]{3}|[A-Z]{3}[0-9]{1,2}[A-Z]')
# A plate is kept with this much of the picture around it, shares of its own size.
_ROOM = 0.6
# Room of a loose crop left, right, above and below a plate, shares of its size.
_LOOSE_FROM, _LOOSE_TO = (0.02, 0.02, 0.04, 0.04), (0.2, 0.2, 0.34, 0.34)
# A plate is made no wider than the first, and one wider than the second smaller at random; pixels.
_MOST_ACROSS, _LEAST_ACROSS = 256, 70
_SCRIPTS = datasets.ROOT / 'scripts'


@dataclass(frozen=True)
class RealPlate:
    """image: uint8 [h, w] grey; corners: float32 [4, 2], clockwise from the top left, pixels of it; state: two
    letters or None."""

    image: np.ndarray
    corners: np.ndarray
    text: str
    state: str | None


def _places(kind: str, name: str, models: Path) -> dict[str, list[dict]]:
    """What plate-places.ts finds in a set's pictures, by file; kept in the cache."""
    kept = datasets.CACHE / f'places-{name}.json'
    if kept.exists():
        return json.loads(kept.read_text())
    files = [line['file'] for line in datasets.index(name)]
    command = [_SCRIPTS / 'node', 'node', _SCRIPTS / 'evaluation' / 'plate-places.ts', kind, models]
    answer = subprocess.run(
        [str(part) for part in command],
        input='\n'.join(str(datasets.DATA / name / file) for file in files),
        # What it says of a failure goes to the training's own log.
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [json.loads(line)['plates'] for line in answer.stdout.splitlines()]
    found = dict(zip(files, lines, strict=True))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found))
    return found


def _cut(image: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of a picture around a plate, and the corners in it."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = (high - low) * _ROOM
    x0, y0 = np.maximum(np.floor(low - room), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + room), image.shape[::-1]).astype(int)
    return image[y0:y1, x0:x1].copy(), corners - np.array([x0, y0], np.float32)


def _clean(text: str) -> str:
    return ''.join(c for c in text.upper() if c.isascii() and c.isalnum())


def text_plates(banned: set[str], models: Path = datasets.ROOT / 'models') -> list[RealPlate]:
    """Plates of the training folds of `TEXT_CROPS`, without those whose text a yardstick has too."""
    plates = []
    for name in TEXT_CROPS:
        lines = datasets.index(name)
        places = _places('crops', name, models) if lines else {}
        for line in lines:
            text = _clean(line['plates'][0]['text'] or '')
            found = places[line['file']]
            if fold_of(line['file']) != 'train' or datasets.fold(text) in banned or not found:
                continue
            corners = np.array(found[0]['corners'], np.float32)
            image, corners = _cut(datasets.grey(name, line['file']), corners)
            if line['plates'][0].get('note') != 'two-line':
                plates.append(RealPlate(image, corners, text, line.get('state')))
    return plates


def photo_plates(banned: set[str], models: Path = datasets.ROOT / 'models') -> list[RealPlate]:
    """Plates of the training folds of `PLATE_PHOTOS` that both looks read as the same text, each surely; without
    the photos whose plates are among the crops with texts."""
    known = {picture_name(line['file']) for name in TEXT_CROPS for line in datasets.index(name)}
    plates = []
    for name in PLATE_PHOTOS:
        for file, found in (_places('photos', name, models) if datasets.index(name) else {}).items():
            if fold_of(file) != 'train' or picture_name(file) in known:
                continue
            for place in found:
                text = place['plate']
                agreed = text and datasets.fold(text) == datasets.fold(place['again'])
                if not agreed or place['sureness'] < _SURE or len(text) not in _LENGTHS:
                    continue
                doubtful = len(text) < 7 and _LACKS_A_ONE.fullmatch(text)
                if doubtful or datasets.fold(text) in banned:
                    continue
                image, corners = _cut(datasets.grey(name, file), np.array(place['corners'], np.float32))
                plates.append(RealPlate(image, corners, text, None))
    return plates


def by_text(plates: list[RealPlate]) -> list[list[RealPlate]]:
    """The plates in groups of one text each: a plate seen often counts as one."""
    groups: dict[str, list[RealPlate]] = {}
    for plate in plates:
        groups.setdefault(plate.text, []).append(plate)
    return list(groups.values())


def _outline(rng: np.random.Generator, plate: RealPlate, loose: bool) -> np.ndarray:
    """The corners a little off, or somewhere between them and the upright box around them. float32 [4, 2]."""
    corners = plate.corners
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    upright = rng.uniform(0, 1) if loose else min(abs(rng.normal(0, 0.12)), 1)
    outline = corners + (box - corners) * upright
    return (outline + rng.normal(0, 0.012, (4, 2)) * [right - left, bottom - top]).astype(np.float32)


def _room(rng: np.random.Generator, aspect: float, loose: bool) -> np.ndarray:
    """Room left, right, above and below a plate, shares of its width and height. `aspect`: width by height."""
    if loose:
        return rng.uniform(_LOOSE_FROM, _LOOSE_TO)
    room = np.clip(rng.normal(0.03, 0.035, 4), -0.03, 0.14)
    # The reader's room goes by the height: beside a wide plate it is a smaller share.
    beside = min(2 / aspect, 1)
    return room * np.array([beside, beside, 1, 1])


def framed(rng: np.random.Generator, plate: RealPlate, loose: bool) -> tuple[np.ndarray, float]:
    """A plate cut out again: along its corners a little off, or `loose`: with room, and turned as it is in the picture.

    Returns uint8 [h, w] and the plate's width in it in pixels, at most as in the picture.
    """
    corners = plate.corners
    across = max(float(np.linalg.norm(corners[1] - corners[0])), 8.0)
    down = max(float(np.linalg.norm(corners[3] - corners[0])), 4.0)
    outline = _outline(rng, plate, loose)
    left, right, above, below = _room(rng, across / down, loose)
    scale = min(1.0, _MOST_ACROSS / across)
    if across > _LEAST_ACROSS:
        scale *= float(np.exp(rng.uniform(np.log(max(_LEAST_ACROSS / across, 0.5)), 0)))
    image = cv2.resize(plate.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shrunk = np.array(image.shape[::-1]) / np.array(plate.image.shape[::-1])
    size = (
        max(round(across * scale * (1 + left + right)), 16),
        max(round(down * scale * (1 + above + below)), 8),
    )
    # Shares of the plate to pixels of what is cut out.
    span = np.array([size[0] / (1 + left + right), size[1] / (1 + above + below)])
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    target = ((np.array([left, above]) + unit) * span).astype(np.float32)
    matrix = cv2.getPerspectiveTransform((outline * shrunk).astype(np.float32), target)
    flat = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return flat, across * scale
