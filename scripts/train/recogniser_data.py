"""Batches for the recogniser: drawn plates, real crops and a replay of earlier samples."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from augment import OUT_HEIGHT, OUT_WIDTH, augment
from datasets import Crop
from recogniser_net import ALPHABET
from render.plate import render_plate
from render.states import ISSUERS
from render.wide import render_wide_plate

STATES = (*sorted(ISSUERS), 'unknown')
NO_STATE = -100
_RING = 12000
_REPLAY = 16000


@dataclass(frozen=True)
class Sample:
    """crop: uint8 [64, 128]; state: index into `STATES`, or NO_STATE for no loss."""

    crop: np.ndarray
    text: str
    state: int


@dataclass
class Batch:
    """crops uint8 [N, 1, 64, 128]; targets int64 [sum of lengths]; lengths, states int64 [N]."""

    crops: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray
    states: np.ndarray


def encode(text: str) -> list[int]:
    """Class of each character; 0 is the blank."""
    return [ALPHABET.index(c) + 1 for c in text]


class Source:
    """Draws samples: `real_share` of the fresh ones from real crops, the rest rendered.

    Four of ten rendered ones are drawn anew, the others are earlier canvases under new augmentation.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        patches: list[np.ndarray],
        real: list[Crop],
        real_share: float,
    ) -> None:
        self._rng = rng
        self._patches = patches
        self._real = real
        self.real_share = real_share if real else 0.0
        self._ring: list[tuple[np.ndarray, str, int]] = []
        self._replay: list[Sample] = []

    def _drawn(self) -> tuple[np.ndarray, str, int]:
        rng = self._rng
        if len(self._ring) > 500 and rng.random() < 0.6:
            return self._ring[int(rng.integers(len(self._ring)))]
        look = 'ir' if rng.random() < 0.3 else 'colour'
        if rng.random() < 0.07:
            plate, state = render_wide_plate(rng, look), STATES.index('unknown')
        else:
            plate, state = render_plate(rng, look), NO_STATE
        entry = (cv2.cvtColor(plate.image, cv2.COLOR_RGB2GRAY), plate.text, state)
        if len(self._ring) < _RING:
            self._ring.append(entry)
        else:
            self._ring[int(rng.integers(_RING))] = entry
        return entry

    def fresh(self) -> Sample:
        """One newly augmented sample."""
        rng = self._rng
        if rng.random() < self.real_share:
            crop = self._real[int(rng.integers(len(self._real)))]
            state = STATES.index(crop.state) if crop.state in ISSUERS else NO_STATE
            image = augment(rng, crop.image, self._patches, strength=0.6)
            return Sample(image, crop.text, state)
        canvas, text, state = self._drawn()
        return Sample(augment(rng, canvas, self._patches), text, state)

    def batch(self, size: int) -> Batch:
        """Half fresh, half replayed samples (all fresh until there is something to replay)."""
        rng = self._rng
        old = size // 2 if len(self._replay) >= 10 * size else 0
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
    crops = np.stack([s.crop for s in samples]).reshape(-1, 1, OUT_HEIGHT, OUT_WIDTH)
    targets = np.array([c for s in samples for c in encode(s.text)], np.int64)
    lengths = np.array([len(s.text) for s in samples], np.int64)
    return Batch(crops, targets, lengths, np.array([s.state for s in samples], np.int64))


def plain_crop(image: np.ndarray) -> np.ndarray:
    """A crop as it is, stretched to the net's input. uint8 [64, 128]."""
    shrinking = image.shape[1] > OUT_WIDTH
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(image, (OUT_WIDTH, OUT_HEIGHT), interpolation=how)
