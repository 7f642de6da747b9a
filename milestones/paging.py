"""How many rows an answer of the API holds."""

from typing import Any

from django.core.paginator import InvalidPage
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Paging(PageNumberPagination):
    """100 rows a page, up to 500 with ``page_size``; ``count`` is the number of all rows."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500


class RowPaging(Paging):
    """Hands the page on as a QuerySet: its rows are read without building an object for each."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        size = self.get_page_size(request) or self.page_size
        paginator = self.django_paginator_class(queryset, size)
        try:
            self.page = paginator.page(self.get_page_number(request, paginator))
        except InvalidPage as error:
            raise NotFound(str(error)) from error
        self.request = request
        return self.page.object_list
