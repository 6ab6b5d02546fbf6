"""The recogniser: a small convolutional net that reads a plate crop with CTC."""

from __future__ import annotations

import torch
from torch import nn

ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
BLANK = 0
CROP_HEIGHT, CROP_WIDTH = 64, 128


def _conv(inputs: int, outputs: int, kernel, stride=1, padding=None) -> nn.Sequential:
    if padding is None:
        padding = kernel // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Recogniser(nn.Module):
    """Grey crops uint8 [N, 1, 64, 128] → character logits [N, 32, 37], state logits [N, S].

    Each crop is standardised inside, so exposure and polarity are of little matter. `width`
    scales the number of channels; 1 is 183 k parameters.
    """

    def __init__(self, states: int, width: float = 1.0) -> None:
        super().__init__()
        c = [round(n * width / 8) * 8 for n in (16, 32, 48, 64, 64, 96)]
        self.stem = nn.Sequential(
            _conv(1, c[0], 5, 2),
            _conv(c[0], c[1], 3, 2),
            _conv(c[1], c[2], 3),
            _conv(c[2], c[3], 3, (2, 1)),
            _conv(c[3], c[4], 3),
        )
        self.column = _conv(c[4], c[5], (8, 1), padding=0)
        self.context = _conv(c[5], c[5], (1, 5), padding=(0, 2))
        self.context2 = _conv(c[5], c[5], (1, 3), padding=(0, 1))
        self.drop = nn.Dropout(0.1)
        self.characters = nn.Conv2d(c[5], len(ALPHABET) + 1, 1)
        self.states = nn.Sequential(
            _conv(c[4], 64, 3, 2),
            nn.AdaptiveAvgPool2d((2, 4)),
            nn.Flatten(),
            nn.Dropout(0.4),
            nn.Linear(64 * 8, states),
        )

    def forward(self, plates: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = plates.float()
        mean = x.mean(dim=(2, 3), keepdim=True)
        centred = x - mean
        deviation = (centred * centred).mean(dim=(2, 3), keepdim=True).sqrt()
        features = self.stem(centred / (deviation + 4.0))
        y = self.column(features)
        y = y + self.context(y)
        y = y + self.context2(y)
        logits = self.characters(self.drop(y)).squeeze(2).permute(0, 2, 1)
        return logits, self.states(features)


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
