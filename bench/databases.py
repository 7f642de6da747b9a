"""The databases of a run, on one PostgreSQL server: each made for a part of it, and dropped when that part ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def made(server: str, name: str, *, like: str = "") -> Iterator[str]:
    """The address of a new database: empty, or a copy of the one named `like`, which nobody may be connected to."""
    options = f" TEMPLATE {like} STRATEGY FILE_COPY" if like else ""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}{options}")
    try:
        yield server.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def used(address: str) -> Iterator[None]:
    """This process, and the servers that it starts, use the database at `address`; after it the one before."""
    from django.db import connection

    before, address_before = connection.settings_dict["NAME"], os.environ["DATABASE_URL"]
    _use(address.rsplit("/", 1)[1], address)
    try:
        yield
    finally:
        _use(before, address_before)


def _use(name: str, address: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = address
