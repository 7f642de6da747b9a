"""Why a file is not taken: one sentence each, with the name of the file."""

from domain.errors import InputError, gettext_noop

MEGABYTE = 1024 * 1024


def empty(name: str) -> InputError:
    return InputError(gettext_noop("“%(file)s” is empty."), file=name)


def too_large(name: str, most: int) -> InputError:
    """`most` in bytes."""
    return InputError(
        gettext_noop("“%(file)s” is larger than %(megabytes)d MB."), file=name, megabytes=most // MEGABYTE
    )


def not_taken(name: str, what: object = "") -> InputError:
    """`what` it is, as far as that is known."""
    if not what:
        return InputError(
            gettext_noop(
                "“%(file)s” is none of what is taken: PDF, images (JPEG, PNG, WebP), Office documents."
            ),
            file=name,
        )
    return InputError(
        gettext_noop("“%(file)s” is %(kind)s; PDF, images (JPEG, PNG, WebP) and Office documents are taken."),
        file=name, kind=what,
    )  # fmt: skip


def named_wrongly(name: str, what: object) -> InputError:
    return InputError(
        gettext_noop("“%(file)s” is not what its name says: it is %(kind)s."), file=name, kind=what
    )


def damaged(name: str) -> InputError:
    return InputError(gettext_noop("“%(file)s” is damaged: it cannot be read to its end."), file=name)


def too_many_parts(name: str, most: int) -> InputError:
    return InputError(gettext_noop("“%(file)s” holds more than %(entries)d parts."), file=name, entries=most)


def too_many_pixels(name: str, most: int) -> InputError:
    return InputError(
        gettext_noop("“%(file)s” has more than %(millions)d million pixels; make it smaller and send that."),
        file=name, millions=most // 1_000_000,
    )  # fmt: skip


def locked(name: str) -> InputError:
    return InputError(
        gettext_noop("“%(file)s” is protected by a password; save it without one and send that."), file=name
    )


def with_macros(name: str) -> InputError:
    return InputError(
        gettext_noop("“%(file)s” can carry macros; save it as .docx, .xlsx or .pptx and send that."),
        file=name,
    )
