"""Which pictures of a real set are trained on, chosen by and reported; `scripts/evaluation/folds.ts` has the same rule."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Literal

Fold = Literal['train', 'choose', 'report']

# Of 256 parts of a set that may be trained on: so many are, so many choose between nets; the rest is reported.
_TRAIN, _CHOOSE = 154, 38


def picture_name(file: str) -> str:
    """What crops of one photo, or pictures of one plate, share: the file's name up to its last `_`."""
    return PurePosixPath(file).stem.rsplit('_', 1)[0]


def _part(file: str) -> int:
    return hashlib.sha256(picture_name(file).encode()).digest()[0]


def fold_of(file: str) -> Fold:
    """The fold of a picture of a set that may be trained on: three in five train, a quarter is reported."""
    part = _part(file)
    if part < _TRAIN:
        return 'train'
    return 'choose' if part < _TRAIN + _CHOOSE else 'report'


def measuring_fold_of(file: str) -> Fold:
    """The fold of a picture of a set that only measures: half and half."""
    return 'choose' if _part(file) < 128 else 'report'
