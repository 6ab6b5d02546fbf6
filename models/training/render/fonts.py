"""Typefaces of Debian's font packages, cut into tight masks and cached.

No package has the typeface of a US plate; many near ones, stretched to the cell and thickened or
thinned afterwards, stand in for it (strokes.py draws what none of them has).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_ROOT = Path('/usr/share/fonts')
_GLYPH_PX = 150

_SERIAL = (
    'truetype/routed-gothic/routed-gothic.ttf',
    'truetype/routed-gothic/routed-gothic-narrow.ttf',
    'truetype/routed-gothic/routed-gothic-wide.ttf',
    'truetype/roadgeek/RG2014B.ttf',
    'truetype/roadgeek/RG2014C.ttf',
    'truetype/roadgeek/RG2014D.ttf',
    'truetype/roadgeek/RG2014E.ttf',
    'truetype/roadgeek/RG2014EM.ttf',
    'truetype/roadgeek/RG2014F.ttf',
    'truetype/opendin/OSP-DIN.ttf',
    'truetype/osifont/osifont.ttf',
    'opentype/bebas-neue/BebasNeue-Bold.otf',
    'opentype/bebas-neue/BebasNeue-Regular.otf',
    'opentype/bebas-neue/BebasNeue-Book.otf',
    'opentype/national-park/NationalPark-Heavy.otf',
    'opentype/national-park/NationalPark-Regular.otf',
    'opentype/dosis/Dosis-Medium.otf',
    'opentype/dosis/Dosis-SemiBold.otf',
    'opentype/dosis/Dosis-Bold.otf',
    'opentype/dosis/Dosis-ExtraBold.otf',
    'opentype/league-mono/LeagueMono-Bold.otf',
    'opentype/league-mono/LeagueMono-CondensedBold.otf',
    'opentype/league-mono/LeagueMono-NarrowSemiBold.otf',
    'opentype/allerta/allerta_medium.otf',
    'truetype/liberation/LiberationSansNarrow-Bold.ttf',
    'truetype/liberation/LiberationSans-Bold.ttf',
    'truetype/dejavu/DejaVuSans-Bold.ttf',
    'truetype/lato/Lato-Bold.ttf',
)

_SLAB = (
    'opentype/roboto/slab/RobotoSlab-Bold.otf',
    'opentype/roboto/slab/RobotoSlab-Regular.otf',
    'opentype/urw-base35/NimbusMonoPS-Bold.otf',
    'opentype/urw-base35/URWBookman-Demi.otf',
    'truetype/dejavu/DejaVuSerifCondensed-Bold.ttf',
    'truetype/liberation/LiberationMono-Bold.ttf',
    'truetype/dejavu/DejaVuSansMono-Bold.ttf',
)

_LETTERING = (
    'opentype/dancingscript/*.otf',
    'opentype/kaushanscript/*.otf',
    'opentype/lobster/*.otf',
    'truetype/leckerli-one/*.ttf',
    'truetype/kristi/*.ttf',
    'truetype/charis/*-B.ttf',
    'truetype/charis/*-R.ttf',
    'truetype/gentiumplus/GentiumPlus-B*.ttf',
    'truetype/dejavu/DejaVuSerif-Bold.ttf',
    'truetype/dejavu/DejaVuSans*.ttf',
    'truetype/liberation/Liberation*-Bold*.ttf',
    'truetype/lato/Lato-H*.ttf',
    'opentype/bebas-neue/BebasNeue-Book.otf',
    'truetype/roadgeek/RG2014D.ttf',
    'truetype/routed-gothic/routed-gothic-wide.ttf',
    'opentype/urw-base35/*.otf',
    'truetype/roboto/slab/*Bold*.ttf',
)
# Faces whose "letters" are symbols or another alphabet.
_NOT_LETTERING = ('Symbols', 'Dingbats', 'D050000L', 'StandardSymbolsPS', 'DejaVuMath')
SCRIPT_HINTS = ('dancing', 'kaushan', 'lobster', 'leckerli', 'kristi', 'Z003')
_EMBLEM_FONT = _ROOT / 'truetype/dejavu/DejaVuSans.ttf'
EMBLEMS = '♥★☆♠♣♦☀☘⚓✈♞☎❄✿❀✪✦♪⚑✚⚜☂♛●■▲◆♿⚙⚖☮☼♔♕♖♗♘✺✹❖❦❧➤✂✌☎☻⚔⚒'


@lru_cache(maxsize=1)
def serial_fonts() -> tuple[str, ...]:
    """Paths of the installed typefaces for the serial."""
    found = tuple(str(_ROOT / f) for f in _SERIAL if (_ROOT / f).exists())
    if len(found) < 10:
        raise SystemExit(
            f'only {len(found)} of {len(_SERIAL)} plate typefaces are installed: run models/training/setup'
        )
    return found


def slab_font(rng: np.random.Generator) -> str:
    """Path of a typeface with slab serifs, as Virginia and vintage plates have; or a plain one."""
    found = [str(_ROOT / f) for f in _SLAB if (_ROOT / f).exists()]
    return found[int(rng.integers(len(found)))] if found else serial_fonts()[0]


@lru_cache(maxsize=1)
def lettering_fonts() -> tuple[str, ...]:
    """Paths of the installed typefaces for state names and slogans."""
    files = sorted({str(p) for pattern in _LETTERING for p in _ROOT.glob(pattern)})
    return tuple(f for f in files if not any(bad in f for bad in _NOT_LETTERING))


@lru_cache(maxsize=1)
def script_fonts() -> tuple[str, ...]:
    """The handwritten ones among `lettering_fonts`."""
    return tuple(f for f in lettering_fonts() if any(hint in f for hint in SCRIPT_HINTS))


@lru_cache(maxsize=256)
def _face(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _tight(text: str, path: str, size: int) -> np.ndarray:
    """Draws `text` and cuts away the empty margin. uint8 [h, w], 255 inside."""
    face = _face(path, size)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new('L', (max(right - left, 1) + 8, max(bottom - top, 1) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, 255, font=face)
    mask = np.asarray(image)
    rows = np.flatnonzero(mask.max(axis=1) > 96)
    columns = np.flatnonzero(mask.max(axis=0) > 96)
    if not len(rows) or not len(columns):
        return np.zeros((1, 1), np.uint8)
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()


@lru_cache(maxsize=4096)
def glyph(character: str, path: str) -> np.ndarray:
    """One character of the serial, tight, about 110 px high."""
    return _tight(character, path, _GLYPH_PX)


@lru_cache(maxsize=20000)
def lettering(text: str, path: str, size: int) -> np.ndarray:
    """A word or line in small lettering, tight. `size` is the font's, in pixels."""
    return _tight(text, path, size)


@lru_cache(maxsize=256)
def emblem(symbol: str) -> np.ndarray:
    """A pictogram, tight, about 100 px high."""
    return _tight(symbol, str(_EMBLEM_FONT), _GLYPH_PX)
