"""Which rows of a long list a page shows."""

from dataclasses import dataclass

PAGE_SIZE = 100


@dataclass(frozen=True)
class Page:
    """Page `number` of `pages`, counted from one, of a list of `rows` rows."""

    number: int
    pages: int
    rows: int

    @property
    def slice(self) -> slice:
        return slice((self.number - 1) * PAGE_SIZE, self.number * PAGE_SIZE)

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(asked: str, rows: int) -> Page:
    """The page asked for, as an address says it; the nearest one where there is no such page."""
    pages = max(1, -(-rows // PAGE_SIZE))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return Page(min(max(number, 1), pages), pages, rows)
