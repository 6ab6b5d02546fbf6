"""The recogniser: a small convolutional net that reads a plate crop with CTC."""

from __future__ import annotations

import torch
from torch import nn

ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
BLANK = 0
CROP_HEIGHT, CROP_WIDTH = 64, 128
# Columns that the characters are read in.
STEPS = 32
_LOOK, _HEADS = 96, 4
# Added before the logarithm: below it a sensor's noise is as large as the light.
_DARK = 6.0


def _conv(inputs: int, outputs: int, kernel, stride=1, padding=None) -> nn.Sequential:
    if padding is None:
        padding = kernel // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class _Block(nn.Module):
    """Two convolutions whose sum is added to the input; nothing at first, so that it can join a trained net."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels, 3)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )
        nn.init.zeros_(self.second[1].weight)
        self.out = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(x + self.second(self.first(x)))


def _standardised(x: torch.Tensor, least: float) -> torch.Tensor:
    """Each picture less its mean, by its deviation and `least`, which keeps even ones even."""
    centred = x - x.mean(dim=(2, 3), keepdim=True)
    deviation = (centred * centred).mean(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + least)


class _Across(nn.Module):
    """Each column looks at all others, by attention of `_HEADS` heads; nothing at first, like `_Block`.

    So the O and the 0 of one plate can be distinguished by each other and by their places.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.asked = nn.Conv2d(channels, 3 * _LOOK, 1)
        self.place = nn.Parameter(torch.zeros(1, 3 * _LOOK, 1, STEPS))
        self.seen = nn.Sequential(nn.Conv2d(_LOOK, channels, 1, bias=False), nn.BatchNorm2d(channels))
        self.wide = _conv(channels, 2 * _LOOK, 1)
        self.narrow = nn.Sequential(nn.Conv2d(2 * _LOOK, channels, 1, bias=False), nn.BatchNorm2d(channels))
        nn.init.zeros_(self.seen[1].weight)
        nn.init.zeros_(self.narrow[1].weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, C, 1, STEPS] → the same."""
        parts = (self.asked(x) + self.place).reshape(-1, 3, _HEADS, _LOOK // _HEADS, STEPS)
        query, key, value = parts[:, 0], parts[:, 1], parts[:, 2]
        weights = (query.transpose(2, 3) @ key * (_LOOK // _HEADS) ** -0.5).softmax(3)
        x = x + self.seen((value @ weights.transpose(2, 3)).reshape(-1, _LOOK, 1, STEPS))
        return x + self.narrow(self.wide(x))


class Recogniser(nn.Module):
    """Grey crops uint8 [N, 1, 64, 128] → logits of characters, issuers and rows.

    Each crop is standardised inside, so exposure and polarity are of little matter; beside the light
    is its logarithm, in which a shadow is only an offset. `width` scales the number of channels of
    the reading part.
    """

    def __init__(self, states: int, width: float = 1.0) -> None:
        super().__init__()
        c = [round(n * width / 8) * 8 for n in (16, 32, 48, 64, 64, 96)]
        self.stem = nn.Sequential(
            _conv(2, c[0], 5, 2),
            _conv(c[0], c[1], 3, 2),
            _conv(c[1], c[2], 3),
            _conv(c[2], c[3], 3, (2, 1)),
            _conv(c[3], c[4], 3),
        )
        self.fine = _Block(c[2])
        self.coarse = _Block(c[4])
        self.column = _conv(c[4], c[5], (8, 1), padding=0)
        self.context = _conv(c[5], c[5], (1, 5), padding=(0, 2))
        self.context2 = _conv(c[5], c[5], (1, 3), padding=(0, 1))
        self.across = _Across(c[5])
        self.drop = nn.Dropout(0.1)
        self.characters = nn.Conv2d(c[5], len(ALPHABET) + 1, 1)
        # The issuer is in small lettering: its branch leaves the stem at a quarter of the size.
        self.issuer = nn.Sequential(
            _conv(c[1], 64, 3), _conv(64, 96, 3, 2), _conv(96, 128, 3, 2), nn.AdaptiveAvgPool2d((4, 4))
        )
        self.issuer_out = nn.Sequential(nn.Flatten(), nn.Dropout(0.4), nn.Linear(128 * 16, states))
        # All eight heights stay separate, so that the split between two rows can be found.
        self.row_features = nn.Sequential(_conv(c[4], 24, 3), nn.AdaptiveAvgPool2d((8, 4)))
        self.row_out = nn.Sequential(nn.Flatten(), nn.Linear(24 * 32, 2))

    def features(
        self, plates: torch.Tensor, issuer_of: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What the heads work on. Plates outside the mask `issuer_of` skip the issuer's branch."""
        light = plates.float()
        dark = (light + _DARK).log()
        early = self.stem[:2](torch.cat([_standardised(light, 4.0), _standardised(dark, 0.05)], 1))
        late = self.coarse(self.stem[3:](self.fine(self.stem[2](early))))
        y = self.column(late)
        y = y + self.context(y)
        y = self.across(y + self.context2(y))
        issuer = self.issuer(early if issuer_of is None else early[issuer_of])
        return y, issuer, self.row_features(late)

    def heads(
        self, read: torch.Tensor, issuer: torch.Tensor, rows: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits: characters [N, 32, 37], issuers [M, S], rows [N, 2] (two rows?, their split)."""
        logits = self.characters(self.drop(read)).squeeze(2).permute(0, 2, 1)
        return logits, self.issuer_out(issuer), self.row_out(rows)

    def forward(self, plates: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.heads(*self.features(plates))


def greedy(probabilities: torch.Tensor) -> list[tuple[str, float]]:
    """Best path of each item of [N, T, 37]: the text and the least sure character's probability."""
    best, index = probabilities.max(dim=2)
    reads = []
    for values, classes in zip(best.tolist(), index.tolist(), strict=True):
        text, sure, previous = '', [], BLANK
        for value, chosen in zip(values, classes, strict=True):
            if chosen != BLANK and chosen != previous:
                text += ALPHABET[chosen - 1]
                sure.append(value)
            elif chosen != BLANK:
                sure[-1] = max(sure[-1], value)
            previous = chosen
        reads.append((text, min(sure, default=0.0)))
    return reads
