"""Reads the sets of real images (a folder each with `images/` and `index.jsonl`)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from folds import fold_of

TRAINING = Path(__file__).resolve().parent
ROOT = TRAINING.parents[1]
DATA = Path(os.environ.get('LOOKOUT_DATA', ROOT.parent / 'shared' / 'data'))
# Checkpoints and what is made on the way to them.
CACHE = Path(os.environ.get('LOOKOUT_TRAINING', ROOT / '.cache' / 'train'))

# Their texts never enter training, nor do their images.
YARDSTICKS = (
    'openalpr-us-plates',
    'ucsd-calit2-ca',
    'french-fr',
    'but-hdr-cz',
    'openalpr-crops-br',
    'nyc-reported',
    'uk-academic',
)
# Sets that are trained on but for the folds that choose and report.
PARTED = ('openimages-text', 'openlpr-pk-crops', 'openimages-det-a')
NOT_PLATES = 'not-a-plate'
STATE_CROPS = 'us-state-crops'
PHOTOS = ('chirag-experiment-plates', 'roboflow-openimages-350', 'robertlucian-ro')
_HELD_OUT_OF_TEN = 1


@dataclass(frozen=True)
class Crop:
    """One real plate crop. image: uint8 [h, w] grey; state: two letters or None; confidence: of
    the machine that wrote `text` (1 where a person did)."""

    name: str
    image: np.ndarray
    text: str
    state: str | None
    confidence: float
    held_out: bool


def fold(text: str) -> str:
    """Takes the characters that look the same as one: O, Q and 0; I and 1."""
    return text.replace('O', '0').replace('Q', '0').replace('I', '1')


def lines_of(path: Path) -> list[dict]:
    """The lines of an index."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def index(name: str) -> list[dict]:
    """The lines of a set's index; empty when the set is not on this machine."""
    path = DATA / name / 'index.jsonl'
    if not path.exists():
        print(f'{name}: not in {DATA}, left out')
        return []
    return lines_of(path)


def picture(path: Path) -> np.ndarray:
    """One image as uint8 [h, w]."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise SystemExit(f'{path} cannot be read as an image')
    return image


def grey(name: str, file: str) -> np.ndarray:
    """One image of a set as uint8 [h, w]."""
    return picture(DATA / name / file)


def yardstick_texts() -> set[str]:
    """Folded texts of all yardsticks and held-out folds; crops with one of these are never trained on."""
    lines = [line for name in YARDSTICKS for line in index(name)]
    lines += [line for name in PARTED for line in index(name) if fold_of(line['file']) != 'train']
    return {fold(plate['text']) for line in lines for plate in line['plates'] if plate.get('text')}


def _held_out(text: str) -> bool:
    """The same text falls on the same side always, so that no car is on both."""
    return hashlib.sha256(fold(text).encode()).digest()[0] % 10 < _HELD_OUT_OF_TEN


def state_crops() -> list[Crop]:
    """The US crops that may be trained on, with machine-read texts ('' where none was read)."""
    banned = yardstick_texts()
    crops = []
    for line in index(STATE_CROPS):
        guess = line['plates'][0].get('pseudo') or {}
        text = ''.join(c for c in (guess.get('text') or '').upper() if c.isascii() and c.isalnum())
        if fold(text) in banned:
            continue
        crops.append(
            Crop(
                line['file'],
                grey(STATE_CROPS, line['file']),
                text,
                line['region'][-2:].upper(),
                float(guess.get('min_conf') or 0),
                _held_out(text or line['file']),
            )
        )
    return crops


def checked_texts() -> dict[str, str]:
    """Texts of held-out crops that a person looked up, by file; '' where none can be read."""
    return json.loads((TRAINING / 'held-out-texts.json').read_text())


def held_out_crops() -> list[Crop]:
    """The crops kept out of training. `text` is '' where neither a person nor a sure machine read it."""
    checked = checked_texts()
    crops = []
    for crop in state_crops():
        if not crop.held_out:
            continue
        sure = crop.text if crop.confidence >= 0.95 and 4 <= len(crop.text) <= 8 else ''
        crops.append(replace(crop, text=checked.get(crop.name, sure)))
    return crops


def photo_patches(limit: int = 900) -> list[np.ndarray]:
    """Grey photos of the detector's training sets, to stand around drawn plates."""
    files = [(name, line['file']) for name in PHOTOS for line in index(name)]
    step = max(len(files) // limit, 1)
    patches = []
    for name, file in files[::step]:
        image = grey(name, file)
        scale = 320 / max(image.shape)
        patches.append(cv2.resize(image, None, fx=scale, fy=scale) if scale < 1 else image)
    return [p for p in patches if min(p.shape) >= 60]


def not_plates() -> list[np.ndarray]:
    """Grey crops of boards, badges and signs that are no plates, of the training fold."""
    files = [line['file'] for line in index(NOT_PLATES)]
    return [grey(NOT_PLATES, file) for file in files if fold_of(file) == 'train']


def crop_yardstick(name: str) -> tuple[list[np.ndarray], list[str]]:
    """Images (uint8 grey) and texts of a crop set."""
    lines = [line for line in index(name) if line['plates'] and line['plates'][0].get('text')]
    return [grey(name, line['file']) for line in lines], [line['plates'][0]['text'] for line in lines]
