"""Batches for the recogniser: drawn plates, real crops and a replay of earlier samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import cv2
import numpy as np

from augment import OUT_HEIGHT, OUT_WIDTH, Shot, augment, shoot, taken, to_input
from datasets import Crop
from real_plates import RealPlate, framed
from render.paper import render_paper_plate
from render.plate import RenderedPlate, render_plate
from render.states import ISSUERS
from render.texts import hire_serial
from render.two_row import render_two_row_plate
from render.wide import render_narrow_ones_plate, render_wide_plate

from .net import ALPHABET

STATES = (*sorted(ISSUERS), 'unknown')
NO_STATE = -100
_RING = 12000
_REPLAY = 16000
_INFRARED_SHARE = 0.5
_TWO_ROW_SHARE = 0.07
_WIDE_SHARE = 0.25
_PAPER_SHARE = 0.03
_NOTHING_SHARE = 0.02
# Of the drawn plates these are seen well: what parts an O from a 0 is not learnt from pictures that show neither.
_CLEAR_SHARE = 0.35
# For the wild: so many drawn plates have narrow ones, belong to cabs and lorries; so many stand in a loose crop.
_NARROW_ONES_SHARE = 0.12
_HIRE_SHARE = 0.06
_LOOSE_SHARE = 0.3
# How far a row's crop reaches over the split, a share of the plate's crop (the reader does so too).
ROW_OVERLAP = 0.03


@dataclass(frozen=True)
class Sample:
    """crop: uint8 [64, 128]; text: None where nothing is to be learnt of it.

    state: index into `STATES`, or NO_STATE. split: where the two rows part, a share of the height;
    0 where there is one row, None where it is not known.
    """

    crop: np.ndarray
    text: str | None
    state: int = NO_STATE
    split: float | None = 0.0


@dataclass
class Batch:
    """crops uint8 [N, 1, 64, 128]; reads bool [N] with targets int64 [sum of lengths] and lengths
    [sum of reads] of those; states int64 [N]; splits float32 [N], NaN where not known."""

    crops: np.ndarray
    reads: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray
    states: np.ndarray
    splits: np.ndarray


def encode(text: str) -> list[int]:
    """Class of each character; 0 is the blank."""
    return [ALPHABET.index(c) + 1 for c in text]


def _grey(plate: RenderedPlate) -> np.ndarray:
    return cv2.cvtColor(plate.image, cv2.COLOR_RGB2GRAY)


@dataclass(frozen=True)
class Wild:
    """Real plates beside the flat crops, to be framed again, and pictures without a plate.

    texts: plates whose text a person wrote; photos: machine-read ones; both in groups of one text. share: of the
    fresh samples; three in five of them have a person's text.
    """

    texts: list[list[RealPlate]]
    photos: list[list[RealPlate]]
    not_plates: list[np.ndarray]
    share: float


@dataclass(frozen=True)
class _Canvas:
    image: np.ndarray
    plate: RenderedPlate
    state: int


class Source:
    """Draws samples: `real_share` of the fresh ones from real crops, the rest rendered.

    Four of ten rendered ones are new drawings, the others are earlier canvases under new augmentation.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        patches: list[np.ndarray],
        real: list[Crop],
        real_share: float,
        wild: Wild | None = None,
    ) -> None:
        # One thread each: as many of these run as there are cores.
        cv2.setNumThreads(1)
        self._rng = rng
        self._patches = patches
        self._real = real
        self._wild = wild
        counts = Counter(crop.state for crop in real)
        weights = np.array([counts[crop.state] ** -0.4 for crop in real])
        self._weights = np.cumsum(weights / weights.sum()) if real else weights
        self.real_share = real_share if real else 0.0
        self._ring: list[_Canvas] = []
        self._replay: list[Sample] = []

    def _draw(self) -> _Canvas:
        rng = self._rng
        look = 'ir' if rng.random() < _INFRARED_SHARE else 'colour'
        roll = rng.random()
        if self._wild and rng.random() < _NARROW_ONES_SHARE:
            plate = render_narrow_ones_plate(rng, look)
        elif self._wild and rng.random() < _HIRE_SHARE:
            hired = hire_serial(rng)
            plate = render_plate(rng, look, hired.drawn, hired.state, small=hired.small)
        elif roll < _TWO_ROW_SHARE:
            plate = render_two_row_plate(rng, look)
        elif roll < _TWO_ROW_SHARE + _WIDE_SHARE:
            plate = render_wide_plate(rng, look)
        elif rng.random() < _PAPER_SHARE:
            plate = render_paper_plate(rng, look)
        else:
            plate = render_plate(rng, look)
        # Issuers are learnt from real crops first; of the drawn ones some count, California's fewest.
        state = NO_STATE
        if plate.state is None and rng.random() < 0.3:
            state = STATES.index('unknown')
        elif plate.state and look == 'colour' and rng.random() < 0.3 * ISSUERS[plate.state].weight ** -0.8:
            state = STATES.index(plate.state)
        return _Canvas(_grey(plate), plate, state)

    def _canvas(self) -> _Canvas:
        rng = self._rng
        if len(self._ring) > 500 and rng.random() < 0.6:
            return self._ring[int(rng.integers(len(self._ring)))]
        canvas = self._draw()
        if len(self._ring) < _RING:
            self._ring.append(canvas)
        else:
            self._ring[int(rng.integers(_RING))] = canvas
        return canvas

    def _nothing(self) -> Sample:
        """A piece of the upper part of a photo, where plates are rare, or a plate worn blank."""
        rng = self._rng
        if not self._patches or rng.random() < 0.3:
            worn = _grey(render_plate(rng, readable=False))
            return Sample(augment(rng, worn, self._patches, Shot()), '')
        if self._wild and self._wild.not_plates and rng.random() < 0.4:
            board = self._wild.not_plates[int(rng.integers(len(self._wild.not_plates)))]
            y0, x0, y1, x1 = (round(r) for r in rng.uniform(0, 0.12, 4) * (board.shape * 2))
            return Sample(to_input(rng, board[y0 : len(board) - y1, x0 : board.shape[1] - x1]), '')
        photo = self._patches[int(rng.integers(len(self._patches)))]
        wide = int(rng.integers(30, min(160, photo.shape[1])))
        high = min(round(wide * rng.uniform(0.3, 0.7)), photo.shape[0] // 2)
        x = int(rng.integers(photo.shape[1] - wide + 1))
        y = int(rng.integers(max(round(photo.shape[0] * 0.4) - high, 0) + 1))
        return Sample(to_input(rng, photo[y : y + high, x : x + wide]), '')

    def _rows(self, canvas: _Canvas) -> Sample:
        """A two-row plate as a whole, to recognise it as one, or one of its rows, to read."""
        rng, plate = self._rng, canvas.plate
        across = float(np.exp(rng.uniform(np.log(44), np.log(180))))
        shot = Shot(look=plate.look, across=across, aspect=plate.aspect)
        picture = shoot(rng, canvas.image, self._patches, shot, plate.split)
        if rng.random() < 0.4:
            return Sample(to_input(rng, picture.image), None, NO_STATE, picture.split)
        row = int(rng.integers(2))
        edge = picture.split + rng.normal(0, 0.015) + (ROW_OVERLAP if row == 0 else -ROW_OVERLAP)
        high = len(picture.image)
        cut = int(np.clip(round(edge * high), 4, high - 4))
        half = picture.image[:cut] if row == 0 else picture.image[cut:]
        return Sample(to_input(rng, half), plate.rows[row], NO_STATE, None)

    def _wild_plate(self, wild: Wild) -> Sample:
        """A real plate framed again, perhaps as a poorer camera takes it."""
        rng = self._rng
        groups = wild.texts if not wild.photos or rng.random() < 0.6 else wild.photos
        group = groups[int(rng.integers(len(groups)))]
        plate = group[int(rng.integers(len(group)))]
        image, across = framed(rng, plate, loose=rng.random() < _LOOSE_SHARE)
        state = STATES.index(plate.state) if plate.state in ISSUERS else NO_STATE
        if rng.random() < 0.65:
            # A plate that is small already would become unreadable.
            tidy = across < 80 or rng.random() < 0.7
            image = taken(rng, image, across, Shot(0.6, tidy=tidy))
        return Sample(to_input(rng, image), plate.text, state, 0.0)

    def fresh(self) -> Sample:
        """One newly augmented sample."""
        rng = self._rng
        if self._wild and self._wild.texts and rng.random() < self._wild.share:
            return self._wild_plate(self._wild)
        if rng.random() < self.real_share:
            crop = self._real[int(np.searchsorted(self._weights, rng.random()))]
            state = STATES.index(crop.state) if crop.state in ISSUERS else NO_STATE
            image = augment(rng, crop.image, self._patches, Shot(0.6))
            return Sample(image, crop.text or None, state, 0.0 if crop.text else None)
        if rng.random() < _NOTHING_SHARE:
            return self._nothing()
        canvas = self._canvas()
        if canvas.plate.rows:
            return self._rows(canvas)
        clear = rng.random() < _CLEAR_SHARE
        shot = Shot(
            0.5 if clear else 1.0,
            canvas.plate.look,
            aspect=canvas.plate.aspect,
            tidy=clear,
            loose=self._wild is not None and rng.random() < _LOOSE_SHARE,
        )
        image = augment(rng, canvas.image, self._patches, shot)
        return Sample(image, canvas.plate.text, canvas.state)

    def batch(self, size: int) -> Batch:
        """A third replayed samples, the others fresh (all fresh until there is something to replay)."""
        rng = self._rng
        old = size // 3 if len(self._replay) >= 10 * size else 0
        samples = [self._replay[int(i)] for i in rng.integers(max(len(self._replay), 1), size=old)]
        for _ in range(size - old):
            sample = self.fresh()
            samples.append(sample)
            if len(self._replay) < _REPLAY:
                self._replay.append(sample)
            else:
                self._replay[int(rng.integers(_REPLAY))] = sample
        return collate(samples)


def collate(samples: list[Sample]) -> Batch:
    """Stacks samples."""
    texts = [s.text for s in samples if s.text is not None]
    return Batch(
        np.stack([s.crop for s in samples]).reshape(-1, 1, OUT_HEIGHT, OUT_WIDTH),
        np.array([s.text is not None for s in samples]),
        np.array([c for text in texts for c in encode(text)], np.int64),
        np.array([len(text) for text in texts], np.int64),
        np.array([s.state for s in samples], np.int64),
        np.array([np.nan if s.split is None else s.split for s in samples], np.float32),
    )


def plain_crop(image: np.ndarray) -> np.ndarray:
    """A crop as it is, stretched to the net's input. uint8 [64, 128]."""
    shrinking = image.shape[1] > OUT_WIDTH
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(image, (OUT_WIDTH, OUT_HEIGHT), interpolation=how)
