"""How many rows an answer of the API holds."""

from rest_framework.pagination import PageNumberPagination


class Paging(PageNumberPagination):
    """100 rows a page, up to 500 with ``page_size``; ``count`` is the number of all rows."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500
