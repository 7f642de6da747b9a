"""Images: are they whole, are they of a bearable size, and what do they look like small?"""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps

from projects.files import refusals
from projects.files.kinds import Kind

MOST_PIXELS = {"JPEG": 65_000_000, "PNG": 36_000_000, "WEBP": 16_000_000}
"""By decoder: the photos of phones, a page scanned with 600 points an inch, what phones send on to each other.

Some 300 MB are needed for a moment for any of them; JPEG alone is decoded small.
"""

SMALL = 320
"""Longest side of a thumbnail, in pixels."""

_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises where a file is broken."""


def thumbnail_of(data: bytes, kind: Kind, name: str) -> bytes:
    """The image as WebP of at most SMALL pixels a side, the right way up, on white, without what was noted in it.

    The whole image is decoded for it. Raises InputError where it is damaged or has more than MOST_PIXELS.
    """
    decoder = kind.content_type.rpartition("/")[2].upper()
    most = MOST_PIXELS[decoder]
    try:
        with Image.open(BytesIO(data), formats=[decoder]) as image:
            if image.width * image.height > most:
                raise refusals.too_many_pixels(name, most)
            image.verify()
        with Image.open(BytesIO(data), formats=[decoder]) as image:
            return _small(image)
    # Pillow refuses by itself what is far too large; where warnings count as errors, also what it only warns of.
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusals.too_many_pixels(name, most) from error
    except _DAMAGE as error:
        raise refusals.damaged(name) from error


def _small(image: Image.Image) -> bytes:
    if image.mode in {"1", "P"}:  # of these Pillow makes small pictures by leaving out pixels
        image = image.convert("RGBA")
    elif image.mode == "I;16":  # of these it makes none
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    image.thumbnail((SMALL, SMALL))
    with suppress(*_DAMAGE):  # a photo is none the worse for notes that cannot be read
        image = ImageOps.exif_transpose(image)
    # On a canvas of its own: nothing noted in the photo, such as where it was taken, goes along.
    canvas = Image.new("RGB", image.size, "white")
    image = image.convert("RGBA")
    canvas.paste(image, mask=image.getchannel("A"))
    small = BytesIO()
    canvas.save(small, "WEBP", quality=75)
    return small.getvalue()
