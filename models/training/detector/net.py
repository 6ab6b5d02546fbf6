"""The plate detector's network: one grey picture in, one map of plates out.

Fully convolutional, so it runs at any height and width that is a multiple of 32. Features at
strides 8, 16 and 32 are added together on the stride-8 map: the coarse ones see a whole car (and a
plate that fills the picture), the fine ones see the edges of a plate of 16 pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .refine import Refiner

STRIDE = 8
"""Input pixels a cell of the output map."""

SIZE_MULTIPLE = 32
"""Height and width of the input must be multiples of this."""


class ConvBlock(nn.Sequential):
    """3×3 convolution, batch norm, ReLU; [B,cin,H,W] → [B,cout,H/step,W/step]."""

    def __init__(self, cin: int, cout: int, step: int = 1, dilation: int = 1) -> None:
        super().__init__(
            nn.Conv2d(cin, cout, 3, step, dilation, dilation, bias=False),
            nn.BatchNorm2d(cout),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """x + ConvBlock(x); keeps the shape."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.block = ConvBlock(channels, channels, 1, dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x)


class PlateNet(nn.Module):
    """Grey frame → raw maps at stride 8.

    Input: float or uint8 [B,1,H,W], 0…255. Output: [B,13,H/8,W/8]: channel 0 is the logit of "a
    plate's centre is here", 1…4 the logs of the distances (in cells) to the left, top, right and
    bottom edge, 5…12 how far each corner (from the top left, clockwise; x then y) lies inside that
    box, as a share of its width or height.
    """

    def __init__(self) -> None:
        super().__init__()
        self.to4 = nn.Sequential(ConvBlock(1, 16, 2), ConvBlock(16, 32, 2))
        self.to8 = nn.Sequential(ConvBlock(32, 48, 2), Residual(48))
        self.to16 = nn.Sequential(ConvBlock(48, 64, 2), Residual(64), Residual(64, 2))
        self.to32 = nn.Sequential(
            ConvBlock(64, 96, 2), Residual(96), Residual(96, 2), Residual(96, 3), Residual(96)
        )
        self.from32 = nn.Sequential(nn.Conv2d(96, 64, 1, bias=False), nn.BatchNorm2d(64))
        self.mix16 = Residual(64)
        self.from16 = nn.Sequential(nn.Conv2d(64, 48, 1, bias=False), nn.BatchNorm2d(48))
        self.mix8 = nn.Sequential(nn.ReLU(inplace=True), ConvBlock(48, 48))
        # Where the edges are is another question than whether there is a plate: it gets layers of
        # its own,
        # and a second look at the stride-4 features.
        self.edges = ConvBlock(32, 48, 2)
        self.outline = nn.Sequential(Residual(48), Residual(48))
        self.centre_head = nn.Conv2d(48, 1, 1)
        self.outline_head = nn.Conv2d(48, 12, 1)
        self.refiner = Refiner()
        with torch.no_grad():
            # One cell in a hundred or so is a plate: start there, else the first steps only learn
            # that.
            self.centre_head.weight.normal_(std=0.01)
            self.centre_head.bias.fill_(-4.0)
            self.outline_head.weight.normal_(std=0.01)
            self.outline_head.bias.zero_()
            self.outline_head.bias[0:4] = 0.7

    def features(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        """[B,1,H,W] → what the two heads look at, each [B,48,H/8,W/8]."""
        # A fixed scale, not the frame's own statistics: letterbox bars must not change the result.
        quarter = self.to4((frame.float() - 112.0) / 64.0)
        fine = self.to8(quarter)
        middle = self.to16(fine)
        coarse = self.to32(middle)
        middle = self.mix16(middle + F.interpolate(self.from32(coarse), scale_factor=2.0))
        mixed = self.mix8(fine + F.interpolate(self.from16(middle), scale_factor=2.0))
        return mixed, self.outline(mixed + self.edges(quarter))

    def heads(self, mixed: Tensor, outline: Tensor) -> Tensor:
        """Features → raw maps."""
        return torch.cat([self.centre_head(mixed), self.outline_head(outline)], dim=1)

    def forward(self, frame: Tensor) -> Tensor:
        return self.heads(*self.features(frame))


def decode_cells(cells: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Turns raw channels 1…12 of some cells into geometry.

    cells: [N,12]; x, y: [N] cell columns and rows. Returns boxes [N,4] (left, top, right, bottom)
    and corners [N,4,2], both in input pixels.
    """
    centre_x = (x.float() + 0.5) * STRIDE
    centre_y = (y.float() + 0.5) * STRIDE
    reach = torch.exp(cells[:, 0:4].clamp(-4.0, 5.0)) * STRIDE
    left = centre_x - reach[:, 0]
    top = centre_y - reach[:, 1]
    right = centre_x + reach[:, 2]
    bottom = centre_y + reach[:, 3]
    width = right - left
    height = bottom - top
    inset = cells[:, 4:12]
    corners = torch.stack(
        [
            left + inset[:, 0] * width,
            top + inset[:, 1] * height,
            right - inset[:, 2] * width,
            top + inset[:, 3] * height,
            right - inset[:, 4] * width,
            bottom - inset[:, 5] * height,
            left + inset[:, 6] * width,
            bottom - inset[:, 7] * height,
        ],
        dim=1,
    ).reshape(-1, 4, 2)
    return torch.stack([left, top, right, bottom], dim=1), corners
