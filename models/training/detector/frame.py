"""How a picture becomes the detector's input and its answer plates: the product's own steps."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .net import PlateNet, decode_cells

CANDIDATES = 32
"""Best peaks that the graph returns."""

FRAME_WIDTH, FRAME_HEIGHT = 640, 384
PAD_SHADE = 114
"""Grey of the bars beside a picture of another shape."""

NMS_IOU = 0.35

WORTH_A_LOOK = 0.06
"""Score from which a candidate is looked at a second time."""

MOST_LOOKED_AT = 20
"""So many of them at most."""

ROOM_ACROSS, ROOM_DOWN = 0.04, 0.07
"""How much larger than the corners' the given boxes are: people draw them so much larger, by the
held-out pictures, and a plate's holder belongs to what is to be seen."""

LOOKS = 2
"""Second looks, each starting from the corners of the one before."""


class Detector(nn.Module):
    """The exported graph: frame in, best candidates out.

    Input: uint8 [1,1,H,W]. Output: scores [K] falling, corners [K,4,2] and boxes [K,4] (x, y, w,
    h), in input pixels. Only shapes and indices computed from the tensors are used, so H and W stay
    free. The score is the geometric mean of what the first and the second look say.
    """

    def __init__(self, net: PlateNet, looks: int = LOOKS) -> None:
        super().__init__()
        self.net = net
        self.looks = looks

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        raw = self.net(frame)
        heat = torch.sigmoid(raw[:, 0:1])
        peaks = heat * (F.max_pool2d(heat, 3, 1, 1) == heat).float()
        scores, index = torch.topk(peaks.reshape(-1), CANDIDATES)
        # While tracing, a shape is a tensor: the width stays an input of the graph, no constant.
        y = torch.div(index, raw.shape[3], rounding_mode='floor')
        x = index - y * raw.shape[3]
        cells = raw[0, 1:].reshape(12, -1)[:, index].transpose(0, 1)
        _, corners = decode_cells(cells, x, y)
        if self.looks > 0:
            # Most frames hold a few candidates only; the rest is not worth a second look.
            worth = (scores > WORTH_A_LOOK).sum().clamp(min=1, max=MOST_LOOKED_AT)
            seen = corners[:worth][None]
            for _ in range(self.looks):
                logit, seen = self.net.refiner(frame, seen)
            corners = torch.cat([seen[0], corners[worth:]])
            scores = torch.cat([torch.sqrt(scores[:worth] * torch.sigmoid(logit[0])), scores[worth:] * 0.2])
            scores, order = torch.topk(scores, CANDIDATES)
            corners = corners[order]
        low, high = corners.amin(1), corners.amax(1)
        room = (high - low) * torch.tensor([ROOM_ACROSS, ROOM_DOWN]) / 2
        low, high = low - room, high + room
        # Spelt out so that the exported outputs have fixed shapes.
        return (
            scores.reshape(CANDIDATES),
            corners.reshape(CANDIDATES, 4, 2),
            torch.cat([low, high - low], dim=1).reshape(CANDIDATES, 4),
        )


def letterbox(grey: np.ndarray, upscale: float) -> tuple[np.ndarray, float]:
    """uint8 [H,W] → the picture at the top left of a frame of the default size, and the scale used.

    A small picture is enlarged by `upscale` at most; the rest is filled with PAD_SHADE.
    """
    height, width = grey.shape
    scale = min(FRAME_WIDTH / width, FRAME_HEIGHT / height, upscale)
    size = (min(FRAME_WIDTH, round(width * scale)), min(FRAME_HEIGHT, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    frame = np.full((FRAME_HEIGHT, FRAME_WIDTH), PAD_SHADE, np.uint8)
    frame[: size[1], : size[0]] = cv2.resize(grey, size, interpolation=method)
    return frame, scale


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes (x, y, w, h)."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0.0, across) * max(0.0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both + 1e-9)


def find(model: Detector, frame: np.ndarray, threshold: float) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Plates of a frame (uint8 [H,W]), repeats removed: score, box [4], corners [4,2] in pixels."""
    with torch.no_grad():
        scores, corners, boxes = (t.numpy() for t in model(torch.from_numpy(frame)[None, None]))
    kept: list[tuple[float, np.ndarray, np.ndarray]] = []
    for score, quad, box in zip(scores, corners, boxes, strict=True):
        if score < threshold:
            break
        if all(overlap(box, other) < NMS_IOU for _, other, _ in kept):
            kept.append((float(score), box, quad))
    return kept
