"""The detector's second look: straightens a found plate, moves its corners, doubts what is none.

The map of net.py sees a plate at an eighth of the picture's resolution and gives its four
corners from its middle; on a wide plate that is a pixel or two off. Here each find is sampled from
the picture itself along its own edges, with room around it, and a small net says how far the
corners really are and whether this is a plate at all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PATCH_ROWS, PATCH_COLUMNS = 24, 64
"""Samples down and across."""

ROOM_ACROSS, ROOM_DOWN = 0.25, 0.4
"""What is seen around the find, as a share of its width and height."""

LEVELS = 4
"""The picture at full size, and halved once, twice, thrice: samples far apart must not miss what
lies between them."""


def on_quad(quads: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """Points [N,K,2] at places u, v [N,K] of quads [N,4,2]: 0,0 is the first corner, 1,1 the third.

    Places outside 0…1 lie outside the quad.
    """
    a, b, c, d = (quads[:, None, i] for i in range(4))
    u, v = u[..., None], v[..., None]
    return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)


def _block(cin: int, cout: int, size: int = 3, step: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(cin, cout, size, step, size // 2, bias=False),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
    )


class Refiner(nn.Module):
    """Finds in, better corners out.

    frame: uint8 or float [B,1,H,W], H and W multiples of 8; quads: [B,P,4,2] in its pixels. Returns
    the logit of "this is a plate" [B,P] and moved corners [B,P,4,2].
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(1, 16, 5, 2),
            _block(16, 24),
            _block(24, 48, 3, 2),
            _block(48, 48),
            _block(48, 64, 3, 2),
        )
        self.hidden = nn.Linear(64 * (PATCH_ROWS // 8) * (PATCH_COLUMNS // 8), 96)
        self.out = nn.Linear(96, 9)
        with torch.no_grad():
            self.out.weight.normal_(std=0.01)
            self.out.bias.zero_()
        across = (torch.arange(PATCH_COLUMNS) + 0.5) / PATCH_COLUMNS
        down = (torch.arange(PATCH_ROWS) + 0.5) / PATCH_ROWS
        u = across * (1 + 2 * ROOM_ACROSS) - ROOM_ACROSS
        v = down * (1 + 2 * ROOM_DOWN) - ROOM_DOWN
        v, u = torch.meshgrid(v, u, indexing='ij')
        weights = torch.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], -1)
        self.register_buffer('weights', weights.reshape(-1, 4), persistent=False)

    def sample(self, frame: Tensor, quads: Tensor) -> Tensor:
        """Standardised patches [B·P,1,24,64] of the quads."""
        flat = quads.reshape(-1, 4, 2)
        # Every sample is a fixed mean of the four corners: one product for all.
        points = self.weights @ flat
        wide = (flat[:, 1] - flat[:, 0] + flat[:, 2] - flat[:, 3]).norm(dim=1) / 2
        # Pixels between two samples; a little more than across, because rows lie farther apart.
        apart = wide * (1.3 * (1 + 2 * ROOM_ACROSS) / PATCH_COLUMNS)
        height, width = (torch.as_tensor(n).to(points) for n in frame.shape[2:])
        # All sizes of the picture one below the other, so that one sampling serves all.
        level = frame.float()
        stack = [level]
        shrunk = torch.ones_like(apart)
        top = torch.zeros_like(apart)
        below = height
        for i in range(1, LEVELS):
            level = F.avg_pool2d(level, 2)
            stack.append(F.pad(level, (0, frame.shape[3] - level.shape[3])))
            coarse = apart >= 1.4 * 2 ** (i - 1)
            shrunk = torch.where(coarse, torch.full_like(shrunk, 0.5**i), shrunk)
            top = torch.where(coarse, below, top)
            below = below + height * 0.5**i
        shrunk, top = shrunk[:, None], top[:, None]
        # Beyond the edge of a picture its last pixel is repeated.
        x = (points[..., 0] * shrunk).clamp(min=0.5)
        y = (points[..., 1] * shrunk).clamp(min=0.5)
        x = torch.minimum(x, width * shrunk - 0.5)
        y = torch.minimum(y, height * shrunk - 0.5) + top
        grid = torch.stack([x * (2 / width) - 1, y * (2 / below) - 1], -1)
        grid = grid.reshape(quads.shape[0], -1, PATCH_COLUMNS, 2)
        patches = F.grid_sample(
            torch.cat(stack, 2), grid, padding_mode='border', align_corners=False
        ).reshape(-1, 1, PATCH_ROWS, PATCH_COLUMNS)
        mean = patches.mean((2, 3), keepdim=True)
        centred = patches - mean
        spread = (centred * centred).mean((2, 3), keepdim=True).sqrt()
        return centred / (spread + 6.0)

    def forward(self, frame: Tensor, quads: Tensor) -> tuple[Tensor, Tensor]:
        # Places must be exact: in half precision they are off by pixels.
        with torch.no_grad(), torch.autocast(quads.device.type, enabled=False):
            patches = self.sample(frame, quads.float())
        seen = self.layers(patches).flatten(1)
        with torch.autocast(quads.device.type, enabled=False):
            output = self.out(F.relu(self.hidden(seen.float())))
        moved = output[:, 1:].reshape(-1, 4, 2) * 0.2
        u = moved[:, :, 0] + torch.tensor([0.0, 1.0, 1.0, 0.0], device=moved.device)
        v = moved[:, :, 1] + torch.tensor([0.0, 0.0, 1.0, 1.0], device=moved.device)
        corners = on_quad(quads.reshape(-1, 4, 2), u, v)
        return output[:, 0].reshape(quads.shape[:2]), corners.reshape(quads.shape)
