"""Files from strangers: known by their content, images drawn anew (no ORM)."""

import io
import warnings
from typing import NamedTuple

from PIL import Image, ImageOps, WebPImagePlugin

MAX_FILES = 5
MAX_SIZE = 10 * 1024 * 1024
#: Odoo loads a few of Pillow's formats only; phones send this one too.
WEBP = WebPImagePlugin.WebPImageFile.format
#: Pixels beyond which an image isn't even decoded. JPEGs are decoded smaller.
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 25_000_000, WEBP: 25_000_000}
#: Longest side that is kept: Odoo's own limit for attachments.
MAX_SIDE = 1920
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
#: What the phone is asked for: an iPhone then converts its HEIC photos by itself.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"


class Rejected(ValueError):
    """A file that isn't taken; ``reason`` is one of size, type, pixels, broken."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Upload(NamedTuple):
    """A file that is safe to store."""

    mimetype: str
    data: bytes

    @property
    def extension(self) -> str:
        """Return the ending of its name."""
        return EXTENSIONS[self.mimetype]


def check_upload(data: bytes) -> Upload:
    """Return what is stored of an uploaded file.

    Neither its name nor the type that the browser claims is looked at.

    :raise Rejected: it is too large, of another type or broken
    """
    if len(data) > MAX_SIZE:
        raise Rejected("size")
    if data[:5] == b"%PDF-":
        # The end may be followed by a few blanks, not by another document.
        if b"%%EOF" not in data[-1024:]:
            raise Rejected("broken")
        return Upload("application/pdf", data)
    if not _is_image(data):
        raise Rejected("type")
    return _draw_anew(data)


def draw_small(data: bytes, side: int) -> Upload:
    """Return an image of at most ``side`` pixels, whoever has sent it.

    :raise Rejected: it is none, or one that isn't decoded
    """
    if not _is_image(data):
        raise Rejected("type")
    return _draw_anew(data, side)


def _is_image(data) -> bool:
    return (
        data[:3] == b"\xff\xd8\xff"
        or data[:8] == b"\x89PNG\r\n\x1a\n"
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    )


def _draw_anew(data, side=MAX_SIDE) -> Upload:
    """Return the image as pixels only: no metadata, nothing hidden behind them."""
    try:
        with warnings.catch_warnings():
            # Between one and two times Pillow's own limit it warns only.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS))
            if image.width * image.height > MAX_PIXELS[image.format]:
                raise Rejected("pixels")
            return _encode(_load(image, side), image.format == "PNG")
    except Rejected:
        raise
    except Image.DecompressionBombError as error:
        raise Rejected("pixels") from error
    except Exception as error:
        # Pillow raises anything from SyntaxError to struct.error on a bad file.
        raise Rejected("broken") from error


def _load(image, side):
    """Return the decoded, upright, small enough picture."""
    image.draft("RGB", (side, side))  # decodes large JPEGs at a fraction
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((side, side))
    return turned


def _encode(image, as_png) -> Upload:
    transparent = "A" in image.getbands() or "transparency" in image.info
    target = image.convert("RGBA" if transparent else "RGB")
    # Pillow would write a comment or colour profile that it has read.
    target.info = {}
    output = io.BytesIO()
    if as_png or transparent:
        target.save(output, "PNG", optimize=False)
        return Upload("image/png", output.getvalue())
    target.save(output, "JPEG", quality=85)
    return Upload("image/jpeg", output.getvalue())
