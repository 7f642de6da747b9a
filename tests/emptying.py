"""Leaves the database of the tests as ``manage.py flush`` leaves it, many times faster.

``flush`` truncates some hundred tables, of which a test has filled ten, and then makes every content type and
permission anew. Here the tables that hold rows lose them, and content types and permissions stay: they say what the
models are, not what a test has done.
"""

from django.db import connection, transaction

_OF_THE_MODELS = {"django_content_type", "auth_permission"}


def empty_database() -> None:
    """Delete every row but those that Django makes of the models themselves."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    names = {table: connection.ops.quote_name(table) for table in sorted(tables - _OF_THE_MODELS)}
    is_filled = "SELECT '{}' WHERE EXISTS (SELECT 1 FROM {})"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A browser's last question may still be answered: wait for that, as truncating would.
            cursor.execute(f"LOCK TABLE {', '.join(names.values())}")
        cursor.execute(" UNION ALL ".join(is_filled.format(*one) for one in names.items()))
        # Keys between tables are looked at when the transaction ends, so any order will do.
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {names[table]}")  # noqa: S608 - a table's own name
