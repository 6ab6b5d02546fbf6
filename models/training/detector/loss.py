"""What the detector is trained to: CenterNet's focal loss, GIoU, corners where they are known."""

from __future__ import annotations

import torch
from torch import Tensor

from .labels import BOX_ONLY, IGNORED, QUAD_KNOWN
from .net import STRIDE, decode_cells

SPREAD = 0.09
"""Standard deviation of a plate's bump on the heat map, as a share of its width or height."""

LOOSE_OVERLAP, LOOSE_EDGE = 0.12, 0.05
"""What a box drawn by people may be off: of 1 - GIoU, and of the plate's size at each edge."""


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised overlap of boxes [N,4] (left, top, right, bottom): 1 if equal, -1 if apart."""
    low = torch.maximum(a[:, :2], b[:, :2])
    high = torch.minimum(a[:, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(1)
    area_a = (a[:, 2:] - a[:, :2]).prod(1)
    area_b = (b[:, 2:] - b[:, :2]).prod(1)
    union = area_a + area_b - both
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return both / union.clamp(min=1e-3) - (hull - union) / hull.clamp(min=1e-3)


def targets(labels: Tensor, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Heat map and owners from label rows.

    labels: float [B,M,9]. Returns heat [B,h,w] (1 at each centre), owner [B,h,w] (index of the
    plate whose bump is highest there) and counted [B,h,w] (false inside ignored plates).
    """
    corners = labels[..., :8].reshape(*labels.shape[:2], 4, 2)
    low, high = corners.amin(2), corners.amax(2)
    centre = ((low + high) / 2 / STRIDE - 0.5).round()
    sigma = (SPREAD * (high - low) / STRIDE).clamp(min=0.4)
    x = torch.arange(width, dtype=torch.float32, device=labels.device)
    y = torch.arange(height, dtype=torch.float32, device=labels.device)
    dx = (x - centre[..., 0:1]) / sigma[..., 0:1]
    dy = (y - centre[..., 1:2]) / sigma[..., 1:2]
    bumps = torch.exp(-(dx[..., None, :] ** 2 + dy[..., :, None] ** 2) / 2)
    kind = labels[..., 8]
    bumps = bumps * ((kind == BOX_ONLY) | (kind == QUAD_KNOWN))[..., None, None]
    heat, owner = bumps.max(1)
    px, py = (x + 0.5) * STRIDE, (y + 0.5) * STRIDE
    inside_x = (px > low[..., 0:1] - STRIDE) & (px < high[..., 0:1] + STRIDE)
    inside_y = (py > low[..., 1:2] - STRIDE) & (py < high[..., 1:2] + STRIDE)
    ignored = inside_x[..., None, :] & inside_y[..., :, None] & (kind == IGNORED)[..., None, None]
    return heat, owner, ~ignored.any(1)


def loss(raw: Tensor, labels: Tensor, corner_weight: float = 5.0) -> tuple[Tensor, dict[str, float]]:
    """Total loss of raw maps [B,13,h,w] against label rows [B,M,9], and its parts for the log."""
    heat, owner, counted = targets(labels, raw.shape[2], raw.shape[3])
    logit = raw[:, 0]
    p = torch.sigmoid(logit).clamp(1e-5, 1 - 1e-5)
    peak = heat > 0.999
    found = -torch.log(p) * (1 - p) ** 2 * peak
    quiet = -torch.log(1 - p) * p**2 * (1 - heat) ** 4 * (~peak & counted)
    plates = peak.sum().clamp(min=1)
    focal = (found.sum() + quiet.sum()) / plates

    b, y, x = torch.nonzero(heat > 0.2, as_tuple=True)
    if len(b) == 0:
        return focal, {'focal': focal.item(), 'giou': 0.0, 'corner': 0.0}
    rows = labels[b, owner[b, y, x]]
    quads = rows[:, :8].reshape(-1, 4, 2)
    low, high = quads.amin(1), quads.amax(1)
    # Each plate counts once however many cells it owns, large ones a little more.
    weight = heat[b, y, x]
    ids = b * labels.shape[1] + owner[b, y, x]
    share = weight.new_zeros(labels.shape[0] * labels.shape[1]).index_add(0, ids, weight)
    weight = weight / share[ids]
    boxes, corners = decode_cells(raw[b, 1:, y, x], x, y)
    size = ((high - low).prod(1).sqrt()).clamp(min=6.0)
    known = rows[:, 8] == QUAD_KNOWN
    # Boxes that people drew are loose: within the tolerance they teach nothing.
    short = 1 - giou(boxes, torch.cat([low, high], 1))
    short = torch.where(known, short, (short - LOOSE_OVERLAP).clamp(min=0))
    overlap = (short * weight).sum() / weight.sum()
    apart = (corners - quads).abs().mean((1, 2)) / size
    # Where only the box is known the corners must at least span it.
    span = torch.cat([corners.amin(1) - low, corners.amax(1) - high], 1).abs().mean(1) / size
    span = (span - LOOSE_EDGE).clamp(min=0)
    corner = (torch.where(known, apart, 0.3 * span) * weight).sum() / weight.sum()
    total = focal + 2 * overlap + corner_weight * corner
    return total, {'focal': focal.item(), 'giou': overlap.item(), 'corner': corner.item()}
