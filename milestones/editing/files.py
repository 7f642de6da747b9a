"""Definitions of chains as files to save, for pages and for the REST interface."""

from django.http import HttpResponse

from domain.chain_files import write_chain
from domain.chains import ChainSpec


def toml_file(chain: ChainSpec, name: str) -> HttpResponse:
    """The definition of a chain; ``domain.chain_files`` reads it back."""
    return HttpResponse(
        write_chain(chain), content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
