"""What the second look (refine.py) is trained on: what the first one found in a batch of
crops, and labelled plates shifted as a poor first look would.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .labels import BLANK, BOX_ONLY, IGNORED, QUAD_KNOWN
from .net import decode_cells
from .refine import Refiner, on_quad

FOUND = 5
"""Best peaks of each crop."""

SHIFTED = 5
"""Labelled plates of each crop, shifted; some so far that they are none."""

TOLERANCE = 0.06
"""Labelled boxes may be off by this share of a plate's size: they teach corners no better."""


@dataclass(frozen=True)
class Proposals:
    """quads [B,P,4,2]; label [B,P] (1 plate, 0 none, -1 not counted); truth [B,P,9] label rows."""

    quads: Tensor
    label: Tensor
    truth: Tensor


def hulls(quads: Tensor) -> Tensor:
    """Corners […,4,2] → boxes […,4] (left, top, right, bottom)."""
    return torch.cat([quads.amin(-2), quads.amax(-2)], -1)


def overlaps(a: Tensor, b: Tensor) -> Tensor:
    """IoU of boxes [B,P,4] with boxes [B,M,4]: [B,P,M]."""
    low = torch.maximum(a[:, :, None, :2], b[:, None, :, :2])
    high = torch.minimum(a[:, :, None, 2:], b[:, None, :, 2:])
    both = (high - low).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).prod(-1)[:, :, None]
    area_b = (b[..., 2:] - b[..., :2]).prod(-1)[:, None]
    return both / (area_a + area_b - both).clamp(min=1e-3)


def peaks(raw: Tensor, count: int) -> Tensor:
    """Corners [B,count,4,2] of the best peaks of raw maps [B,13,h,w]."""
    heat = torch.sigmoid(raw[:, 0:1].float())
    tops = heat * (F.max_pool2d(heat, 3, 1, 1) == heat)
    index = tops.flatten(1).topk(count).indices
    y = torch.div(index, raw.shape[3], rounding_mode='floor')
    x = index - y * raw.shape[3]
    cells = raw[:, 1:].float().flatten(2).transpose(1, 2)
    cells = torch.gather(cells, 1, index[..., None].expand(-1, -1, 12))
    _, corners = decode_cells(cells.reshape(-1, 12), x.reshape(-1), y.reshape(-1))
    return corners.reshape(*index.shape, 4, 2)


def shifted(labels: Tensor, count: int) -> Tensor:
    """Corners [B,count,4,2] of labelled plates, moved, stretched and bent at random."""
    real = (labels[..., 8] == QUAD_KNOWN) | (labels[..., 8] == BOX_ONLY)
    # Unused rows only where a crop has no plate at all; those are not counted.
    pick = torch.multinomial(real.float() + 1e-6, count, replacement=True)
    rows = torch.gather(labels, 1, pick[..., None].expand(-1, -1, 9))
    quads = rows[..., :8].reshape(-1, 4, 2)
    n = len(quads)
    device = labels.device
    # A quarter is far off (a part of the plate, or too much), the rest as the first look is.
    far = (torch.rand(n, 1, device=device) < 0.25).float()
    amount = (0.04 + 0.05 * torch.rand(n, 1, device=device)) * (1 - far) + 0.3 * far
    move = torch.randn(n, 1, 2, device=device) * amount[..., None]
    stretch = 1 + torch.randn(n, 1, 2, device=device) * amount[..., None]
    bend = torch.randn(n, 4, 2, device=device) * 0.35 * amount[..., None]
    base = torch.tensor([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]], device=device)
    # Rows are a few pixels high: the first look is off by more of the height than of the width.
    more = torch.tensor([1.0, 1.6], device=device)
    place = base * stretch.clamp(min=0.2) + (move + bend) * more + 0.5
    return on_quad(quads, place[..., 0], place[..., 1]).reshape(*pick.shape, 4, 2)


def propose(raw: Tensor, labels: Tensor) -> Proposals:
    """Proposals for one batch; nothing here is differentiated."""
    with torch.no_grad():
        quads = torch.cat([peaks(raw, FOUND), shifted(labels, SHIFTED)], 1)
        low, high = hulls(quads)[..., :2], hulls(quads)[..., 2:]
        quads = torch.where(((high - low) > 3).all(-1)[..., None, None], quads, quads * 0 - 1e3)
        of_label = hulls(labels[..., :8].reshape(*labels.shape[:2], 4, 2))
        shared = overlaps(hulls(quads), of_label)
        shared = shared * (labels[..., 8] != BLANK)[:, None]
        best, which = shared.max(2)
        truth = torch.gather(labels, 1, which[..., None].expand(-1, -1, 9))
        label = torch.full_like(best, -1)
        label[best >= 0.5] = 1
        label[best < 0.33] = 0
        label[(truth[..., 8] == IGNORED) & (best > 0.02)] = -1
        label[quads[..., 0, 0] < -900] = -1
    return Proposals(quads, label, truth)


def refine_loss(
    refiner: Refiner, frame: Tensor, proposals: Proposals, corner_weight: float = 8.0
) -> tuple[Tensor, dict[str, float]]:
    """Loss of the second look on these proposals, and its parts for the log."""
    logit, corners = refiner(frame, proposals.quads)
    counted = proposals.label >= 0
    p = torch.sigmoid(logit).clamp(1e-5, 1 - 1e-5)
    right = torch.where(proposals.label == 1, p, 1 - p)
    doubt = (-torch.log(right) * (1 - right) * counted).sum() / counted.sum().clamp(min=1)
    truth = proposals.truth[..., :8].reshape(corners.shape)
    boxes = hulls(truth)
    size = (boxes[..., 2:] - boxes[..., :2]).prod(-1).sqrt().clamp(min=6.0)
    plate = proposals.label == 1
    known = plate & (proposals.truth[..., 8] == QUAD_KNOWN)
    loose = plate & (proposals.truth[..., 8] == BOX_ONLY)
    apart = F.smooth_l1_loss(
        corners / size[..., None, None],
        truth / size[..., None, None],
        reduction='none',
        beta=0.02,
    ).mean((-1, -2))
    span = (hulls(corners) - boxes).abs().mean(-1) / size
    span = (span - TOLERANCE).clamp(min=0)
    corner = (apart * known).sum() / known.sum().clamp(min=1)
    spanned = (span * loose).sum() / loose.sum().clamp(min=1)
    total = doubt + corner_weight * corner + spanned
    return total, {'doubt': doubt.item(), 'apart': corner.item(), 'span': spanned.item()}
