"""What an uploaded file is: by its content, whatever it is called; refused in one sentence otherwise."""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import openpyxl
import pytest
import xlwt
from django.core.files.base import ContentFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from domain.errors import InputError
from projects.files import CheckedFile, read_file_brought
from projects.files.kinds import ACCEPT, KINDS
from projects.files.pictures import MOST_PIXELS, SMALL
from projects.files.reading import clean_name
from tests.projects.file_samples import PDF, WORD, archive, content_types, office, photo

MEGABYTE = 1024 * 1024
LISTED = content_types("word/document.xml", WORD)


def read(data: bytes, name: str, *, most: int = MEGABYTE) -> CheckedFile:
    return read_file_brought(ContentFile(data, name), most=most)


def refusal(data: bytes, name: str, *, most: int = MEGABYTE) -> str:
    with pytest.raises(InputError) as refused:
        read(data, name, most=most)
    return str(refused.value)


def opened(small: bytes) -> Image.Image:
    return Image.open(io.BytesIO(small))


def workbook() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def old_workbook() -> bytes:
    file = io.BytesIO()
    book = xlwt.Workbook()
    book.add_sheet("台账").write(0, 0, "开工许可证 " * 2000)
    book.save(file)
    return file.getvalue()


def compound(*entries: tuple[str, int], size: int = 4096) -> bytes:
    """A compound file whose entries (name, kind: 1 folder, 2 stream) lie directly in it, each `size` bytes."""
    sector, count = 512, len(entries)
    length = (size + sector - 1) // sector
    directory = b""
    for number, (name, kind) in enumerate((("Root Entry", 5), *entries)):
        text = (name + "\0").encode("utf-16-le")
        right = number + 1 if 0 < number < count else 0xFFFFFFFF
        child = 1 if number == 0 and count else 0xFFFFFFFF
        start, of = (1 + 1 + (number - 1) * length, size) if kind == 2 else (0xFFFFFFFE, 0)
        directory += struct.pack(
            "<64sHBBIII16xI16xII4x", text, len(text), kind, 1, 0xFFFFFFFF, right, child, 0, start, of
        )
    directory = directory.ljust(sector, b"\0")
    table = [0xFFFFFFFD, 0xFFFFFFFE]
    for _, kind in entries:
        first = len(table)
        if kind == 2:
            table += [*range(first + 1, first + length), 0xFFFFFFFE]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(sector, b"\xff")
    return head + fat + directory + b"x" * (sector * (len(table) - 2))


TAKEN: dict[str, Callable[[], bytes]] = {
    "许可证.pdf": lambda: PDF,
    "现场.jpg": photo,
    "现场.JPEG": photo,
    "扫描.png": lambda: photo("PNG"),
    "扫描.webp": lambda: photo("WEBP"),
    "合同.docx": office,
    "台账.xlsx": workbook,
    "汇报.pptx": lambda: office("presentationml.presentation", "ppt/presentation.xml"),
    "旧合同.doc": lambda: compound(("WordDocument", 2)),
    "旧合同.wps": lambda: compound(("WordDocument", 2)),
    "旧台账.xls": old_workbook,
    "旧台账.et": old_workbook,
    "更旧的台账.xls": lambda: compound(("Book", 2)),
    "旧汇报.ppt": lambda: compound(("PowerPoint Document", 2)),
    "旧汇报.dps": lambda: compound(("PowerPoint Document", 2)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_keeps_its_name_and_its_content(name: str) -> None:
    data = TAKEN[name]()
    taken = read(data, name)
    assert (taken.name, taken.data) == (name, data)
    assert PurePath(name).suffix.lower() in taken.kind.suffixes
    assert bool(taken.thumbnail) == taken.kind.is_image
    for part in (taken.kind.content_type, *taken.kind.suffixes):
        assert part in ACCEPT.split(",")


def test_each_kind_is_tried() -> None:
    assert {id(read(make(), name).kind) for name, make in TAKEN.items()} == {id(kind) for kind in KINDS}


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("许可证.pdf", photo("PNG"), "an image (PNG)"),
        ("现场.png", photo(), "an image (JPEG)"),
        ("现场.jpg", PDF, "a PDF document"),
        ("合同.docx", workbook(), "a spreadsheet (.xlsx)"),
        ("台账.xls", workbook(), "a spreadsheet (.xlsx)"),
        ("台账.xls", compound(("WordDocument", 2)), "a text document (.doc)"),
        ("合同.docx", photo() + archive({"word/document.xml": "x"}), "an image (JPEG)"),
        ("page.html", photo("JPEG", comment=b"<script>alert(1)</script>"), "an image (JPEG)"),
        ("setup.exe", PDF, "a PDF document"),
        ("合同.docm", office(), "a text document (.docx)"),
    ],
)
def test_a_file_that_lies_about_itself_is_named(name: str, content: bytes, what: str) -> None:
    assert refusal(content, name) == f"“{name}” is not what its name says: it is {what}."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (photo("GIF"), "an image (GIF)"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "an image (HEIF)"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64), "a video (MP4)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "an image (SVG)"),
        (archive({"setup.exe": "MZ"}), "a packed archive"),
        (archive({"word/document.xml": "<document/>"}), "a packed archive"),
    ],
)
def test_what_is_known_and_not_taken_is_named(content: bytes, what: str) -> None:
    wanted = f"“a.png” is {what}; PDF, images (JPEG, PNG, WebP) and Office documents are taken."
    assert refusal(content, "a.png") == wanted


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"MZ" + bytes(200),
        b"just text",
        b"BMW is no picture",
        b"\x00",
        b"<html>" + PDF,
        office("wordprocessingml.template", "word/document.xml"),
        archive({"[Content_Types].xml": LISTED, "other.xml": ""}),
        compound(("CONTENTS", 2)),
        compound(("WordDocument", 1)),
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(content: bytes) -> None:
    for name in ("a.png", "a.pdf", "a.docx", "a"):
        assert refusal(content, name) == (
            f"“{name}” is none of what is taken: PDF, images (JPEG, PNG, WebP), Office documents."
        )


def test_an_empty_and_a_large_file_are_refused() -> None:
    assert refusal(b"", "a.pdf") == "“a.pdf” is empty."
    assert refusal(PDF.ljust(2 * MEGABYTE + 1), "a.pdf", most=2 * MEGABYTE) == "“a.pdf” is larger than 2 MB."
    assert read(PDF, "a.pdf", most=len(PDF)).name == "a.pdf"


@pytest.mark.parametrize(
    "name", [name for name in TAKEN if name not in {"旧合同.wps", "旧台账.et", "旧汇报.dps"}]
)
def test_half_a_file_is_damaged(name: str) -> None:
    data = TAKEN[name]()
    assert refusal(data[: len(data) // 2], name) == f"“{name}” is damaged: it cannot be read to its end."


@pytest.mark.parametrize(
    "data",
    [
        office(types="<Override"),
        office(types="").replace(b"PK\x01\x02", b"PK\x01\x03"),
        archive({"[Content_Types].xml": LISTED, "word/document.xml": ""}, form=zipfile.ZIP_LZMA),
        archive({"[Content_Types].xml": '<!DOCTYPE t [<!ENTITY a "aaaa">]><Types a="&a;"/>'}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    ],
)
def test_a_document_with_broken_insides_is_damaged(data: bytes) -> None:
    assert "is damaged" in refusal(data, "a.docx")


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    types = '<Default Extension="x" ContentType="y"/>' * 100_000
    data = office(types=types)
    assert len(data) < MEGABYTE
    assert "is damaged" in refusal(data, "a.docx")
    many = archive({f"word/{number}.xml": "" for number in range(10_001)})
    assert refusal(many, "a.docx", most=10 * MEGABYTE) == "“a.docx” holds more than 10000 parts."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", office(also={"word/vbaProject.bin": "x"})),
        ("a.docx", office(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>')),
        (
            "a.xlsm",
            archive({
                "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" '
                'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
                "xl/workbook.xml": "<workbook/>",
            }),
        ),
        ("a.doc", compound(("WordDocument", 2), ("Macros", 1))),
        ("a.xls", compound(("Workbook", 2), ("_VBA_PROJECT_CUR", 1))),
    ],
)  # fmt: skip
def test_macros_are_refused_wherever_they_are_hidden(name: str, data: bytes) -> None:
    assert (
        refusal(data, name) == f"“{name}” can carry macros; save it as .docx, .xlsx or .pptx and send that."
    )


def test_what_only_a_password_opens_is_refused() -> None:
    locked = compound(("EncryptedPackage", 2), ("EncryptionInfo", 2))
    marked = bytearray(office())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.index(signature)
        marked[at + flags] |= 1
    for data in (locked, bytes(marked)):
        assert refusal(data, "a.docx") == (
            "“a.docx” is protected by a password; save it without one and send that."
        )


def test_what_is_embedded_in_a_document_does_not_decide_its_kind() -> None:
    data = bytearray(compound(("WordDocument", 2), ("ObjectPool", 1), ("Workbook", 2)))
    folder = 1024 + 2 * 128  # the third entry of the directory
    before = 1024 + 128
    struct.pack_into("<I", data, before + 72, 2)
    struct.pack_into("<II", data, folder + 72, 0xFFFFFFFF, 3)  # the workbook lies below it, not beside it
    assert read(bytes(data), "a.doc").kind.content_type == "application/msword"
    assert "is not what its name says" in refusal(bytes(data), "a.xls")


def a_huge_png(width: int, height: int) -> bytes:
    """A PNG that says it is so large; decoded it would take gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(6_001, 6_001), (10_000, 10_000), (60_000, 60_000)])
def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    assert width * height > MOST_PIXELS["PNG"]
    assert refusal(a_huge_png(width, height), "a.png") == (
        "“a.png” has more than 36 million pixels; make it smaller and send that."
    )


def test_the_photo_of_a_phone_may_be_larger_than_other_images() -> None:
    large = (6_100, 6_000)
    assert opened(read(photo("JPEG", large, mode="L"), "a.jpg").thumbnail).size == (320, 315)
    assert "more than 16 million pixels" in refusal(photo("WEBP", (4_100, 4_000), method=0), "a.webp")


def test_an_image_whose_points_are_broken_is_damaged() -> None:
    data = bytearray(photo("PNG", (200, 200)))
    at = data.index(b"IDAT") + 6
    data[at : at + 20] = bytes(20)
    assert "is damaged" in refusal(bytes(data), "a.png")
    assert "is damaged" in refusal(a_huge_png(100, 100), "a.png")


def sideways(form: str, **more: Any) -> bytes:
    """A photo of 800 × 400 that a camera turned a quarter: red above (in the file: left), with its place."""
    photo = Image.new("RGB", (800, 400), "blue")
    photo.paste("red", (0, 0, 400, 400))
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes[ExifTags.Base.Make] = "ZhejiangPhone"
    notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (30.0, 16.0, 27.0)
    file = io.BytesIO()
    photo.save(file, form, exif=notes, **more)
    return file.getvalue()


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_a_thumbnail_is_small_the_right_way_up_and_tells_no_place(form: str, name: str) -> None:
    data = sideways(form)
    taken = read(data, name)
    small = opened(taken.thumbnail)
    assert (small.format, small.size) == ("WEBP", (SMALL // 2, SMALL))
    top, bottom = small.getpixel((80, 40)), small.getpixel((80, 280))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]
    assert not small.getexif()
    assert b"ZhejiangPhone" in data
    assert b"ZhejiangPhone" not in taken.thumbnail
    assert taken.data == data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_images_of_every_mode_have_a_thumbnail(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (2000, 1000)).save(file, "PNG")
    small = opened(read(file.getvalue(), "a.png").thumbnail)
    assert small.size == (SMALL, SMALL // 2)
    assert small.mode == "RGB"


def test_a_scan_of_sixteen_bits_keeps_its_greys() -> None:
    file = io.BytesIO()
    Image.new("I;16", (1000, 1000), 0x8000).save(file, "PNG")
    extremes = opened(read(file.getvalue(), "a.png").thumbnail).convert("L").getextrema()
    assert extremes == pytest.approx((128, 128), abs=3)


def test_a_scan_of_black_and_white_becomes_grey_when_it_is_small() -> None:
    file = io.BytesIO()
    Image.frombytes("1", (640, 640), b"\xaa" * (80 * 640)).save(file, "PNG")
    extremes = opened(read(file.getvalue(), "a.png").thumbnail).convert("L").getextrema()
    assert extremes == pytest.approx((127, 127), abs=30)


def test_what_an_image_leaves_open_is_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(read(file.getvalue(), "a.png").thumbnail).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_a_photo_whose_notes_cannot_be_read_is_still_a_photo() -> None:
    data = sideways("JPEG")
    at = data.index(b"Exif\0\0") + 6
    broken = data[: at + 10] + b"\xff" * 20 + data[at + 30 :]
    assert opened(read(broken, "a.jpg").thumbnail).size == (SMALL, SMALL // 2)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\许可证.pdf", "许可证.pdf"),
        ("../../etc/许可证.pdf", "许可证.pdf"),
        ("许可证", "许可证.pdf"),
        ("施工许可证（第1.2版）", "施工许可证（第1.2版）.pdf"),
        ("纪要 2026.11.23", "纪要 2026.11.23.pdf"),
        ("  a\r\nSet-Cookie: x\0.pdf ", "a Set-Cookie: x .pdf"),
        ("\u202efdp.许可证\u2066.pdf", "fdp.许可证 .pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("A.PDF", "A.PDF"),
        ("x" * 500 + ".pdf", "x" * 170 + "…" + "x" * 5 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_their_kind_does(sent: str, kept: str) -> None:
    assert read(PDF, sent).name == kept


@given(st.text())
def test_no_name_is_too_long_or_holds_what_cannot_be_seen(text: str) -> None:
    name = clean_name(text)
    assert 0 < len(name) <= 180
    assert name == name.strip()
    assert "/" not in name
    assert "\\" not in name
    assert all(unicodedata.category(char)[0] != "C" for char in name)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(TAKEN)),
    edits=st.lists(st.tuples(st.integers(0), st.binary(max_size=6)), max_size=4),
)
def test_no_bytes_bring_anything_but_a_sentence(name: str, edits: list[tuple[int, bytes]]) -> None:
    data = bytearray(TAKEN[name]())
    for at, new in edits:
        place = at % len(data)
        data[place : place + len(new)] = new
    try:
        taken = read(bytes(data), name)
    except InputError as refused:
        assert refused.params["file"] == name  # noqa: PT017 - either is right, nothing else is
    else:
        assert taken.data == data
