"""Decides which machine-read texts of real crops to believe.

The set's own reader now and then drops a first or last character; a net trained on its texts learns
to do the same. So every crop is read four times with other margins: a text is kept where all four
reads agree with it; where they agree with one another and are sure, they replace it; else the crop
is left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np

import datasets

# Shares of the width and height that a view adds left, top, right and bottom.
_VIEWS = ((0, 0, 0, 0), (0.05, 0.05, 0.05, 0.05), (0.1, 0.02, 0, 0.02), (0, 0.02, 0.1, 0.02))
_SURE = 0.8
_SURROUND_GREY = 60

Reader = Callable[[list[np.ndarray]], list[tuple[str, float]]]


def _view(image: np.ndarray, margins: tuple[float, float, float, float]) -> np.ndarray:
    height, width = image.shape
    left, top, right, bottom = (
        round(m * side) for m, side in zip(margins, (width, height, width, height), strict=True)
    )
    return cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=_SURROUND_GREY)


def believed(crops: list[datasets.Crop], read: Reader) -> list[datasets.Crop]:
    """The crops whose text the four reads confirm or surely correct, with that text."""
    views = [read([_view(c.image, margins) for c in crops]) for margins in _VIEWS]
    kept = []
    for crop, *reads in zip(crops, *views, strict=True):
        folded = {datasets.fold(text) for text, _ in reads}
        if len(folded) != 1:
            continue
        text = reads[0][0]
        sure = min(confidence for _, confidence in reads)
        if datasets.fold(crop.text) in folded:
            kept.append(crop)
        elif sure >= _SURE and 3 <= len(text) <= 8:
            kept.append(dataclasses.replace(crop, text=text))
    return kept
