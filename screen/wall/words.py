"""Words in the form in which they can be read from four metres."""


def without_brackets(label: str) -> str:
    """A name without what explains it in brackets or gives another for it after a stroke."""
    short = label
    for mark in ("（", "(", "/"):
        short = short.partition(mark)[0]
    return short.strip() or label
