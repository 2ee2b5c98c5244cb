import io
import struct
import zlib

from PIL import Image

from odoo.tests import BaseCase, tagged

from ..tools.public_text import clean_line, clean_text, shorten
from ..tools.upload import MAX_SIDE, MAX_SIZE, Rejected, check_upload


def make_image(kind="JPEG", size=(60, 40), mode="RGB", **options):
    """Return an image file."""
    output = io.BytesIO()
    Image.new(mode, size).save(output, kind, **options)
    return output.getvalue()


def make_png_bomb(width, height):
    """Return a small PNG that says it has so many pixels, and inflates to them."""

    def chunk(name, data):
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(min(width * 3 + 1, 10**6)) * min(height, 50), 9)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        ]
    )


@tagged("post_install", "-at_install")
class TestFeedbackUpload(BaseCase):
    """Files of strangers become pixels, or are refused."""

    def _assert_rejected(self, data, reason):
        with self.assertRaises(Rejected) as caught:
            check_upload(data)
        self.assertEqual(caught.exception.reason, reason)

    def test_images_are_drawn_anew(self):
        for kind, mimetype in (
            ("JPEG", "image/jpeg"),
            ("PNG", "image/png"),
            ("WEBP", "image/jpeg"),
        ):
            upload = check_upload(make_image(kind))
            self.assertEqual(upload.mimetype, mimetype)
            image = Image.open(io.BytesIO(upload.data))
            self.assertEqual(image.size, (60, 40))

    def test_metadata_is_gone(self):
        exif = Image.Exif()
        exif[0x010F] = "SecretCamera"
        exif[0x8825] = {1: "N", 2: (38.0, 55.0, 0.0)}
        data = make_image(exif=exif, comment=b"SecretComment", icc_profile=b"SecretIcc")
        self.assertIn(b"SecretCamera", data)
        upload = check_upload(data)
        for secret in (b"Secret", b"Exif", b"GPS"):
            self.assertNotIn(secret, upload.data)
        self.assertFalse(Image.open(io.BytesIO(upload.data)).getexif())

    def test_text_of_a_png_is_gone(self):
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_text("Comment", "SecretText")
        data = make_image("PNG", pnginfo=info, icc_profile=b"SecretIcc")
        self.assertIn(b"SecretText", data)
        self.assertNotIn(b"Secret", check_upload(data).data)

    def test_turned_and_made_smaller(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was held upright
        upload = check_upload(make_image(size=(4000, 3000), exif=exif))
        image = Image.open(io.BytesIO(upload.data))
        self.assertEqual(max(image.size), MAX_SIDE)
        self.assertGreater(image.height, image.width)

    def test_transparency_and_palettes(self):
        for mode in ("RGBA", "LA", "P", "L", "1", "I;16"):
            upload = check_upload(make_image("PNG", mode=mode))
            self.assertEqual(upload.mimetype, "image/png", mode)
        self.assertEqual(check_upload(make_image(mode="CMYK")).mimetype, "image/jpeg")

    def test_polyglot(self):
        """What hides behind the pixels, or before them, is gone."""
        script = b"<script>alert(1)</script>"
        for kind in ("JPEG", "PNG"):
            upload = check_upload(make_image(kind) + script)
            self.assertNotIn(b"script", upload.data)
        comment = make_image(comment=b"<?php evil(); ?>" + script)
        self.assertNotIn(b"script", check_upload(comment).data)
        self._assert_rejected(b"GIF89a/*" + script + b"*/", "type")
        self._assert_rejected(b"%PDF-1.4\n" + script * 100, "broken")

    def test_other_types(self):
        for data in (
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"PK\x03\x04" + bytes(100),
            b"MZ" + bytes(100),
            b"\x1f\x8b" + bytes(100),
            make_image("GIF"),
            make_image("BMP"),
            make_image("TIFF"),
            b"\x00\x00\x00\x18ftypheic" + bytes(100),
            b"hello",
        ):
            self._assert_rejected(data, "type")

    def test_broken(self):
        for data in (
            b"\xff\xd8\xff" + bytes(500),
            b"\x89PNG\r\n\x1a\n" + bytes(500),
            b"RIFF\x00\x00\x00\x00WEBP" + bytes(500),
        ):
            self._assert_rejected(data, "broken")

    def test_bombs(self):
        self._assert_rejected(make_png_bomb(60000, 60000), "pixels")
        self._assert_rejected(make_png_bomb(8000, 8000), "pixels")
        # An image that stops in the middle is what a lost connection leaves.
        self.assertLess(len(check_upload(make_png_bomb(4000, 4000)).data), 200_000)
        self._assert_rejected(make_image("PNG", size=(5100, 5000), mode="1"), "pixels")

    def test_size(self):
        self._assert_rejected(b"\xff\xd8\xff" + bytes(MAX_SIZE), "size")

    def test_pdf(self):
        data = b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
        upload = check_upload(data)
        self.assertEqual((upload.mimetype, upload.data), ("application/pdf", data))


@tagged("post_install", "-at_install")
class TestPublicText(BaseCase):
    """Words of strangers are made harmless, not changed."""

    def test_clean(self):
        self.assertEqual(clean_text("a\x00b\u202ec\r\nd\n\n\n\ne", 99), "abc\nd\n\ne")
        self.assertEqual(clean_text(None, 9), "")
        self.assertEqual(clean_text(["x"], 9), "")
        self.assertEqual(clean_text("x" * 99, 9), "x" * 9)
        self.assertEqual(clean_text("\ud800x", 9), "x")
        self.assertEqual(clean_line(" 刹车\n 异响\t", 99), "刹车 异响")
        self.assertEqual(clean_text("👩\u200d🔧 é", 99), "👩\u200d🔧 é")

    def test_shorten(self):
        self.assertEqual(shorten("one two three", 9), "one two…")
        self.assertEqual(shorten("刹车异响异响异响", 5), "刹车异响…")
        self.assertEqual(shorten("a\nb", 5), "a b")
