"""What tests of the enterprise's page share: its own issues, and what its forms send."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from issues.links import address_of
from issues.models import EnterpriseLink, Issue
from projects.models import Project
from tests.make import make_category, make_issue

NOWHERE = "/e/WzEsMV0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/"
"""An address as it could be, with a signature that is none."""


def own(project: Project, **fields: Any) -> Issue:
    """An issue in the name of the enterprise, entered by the district."""
    return make_issue(project, today=timezone.localdate(), source=Issue.Source.ENTERPRISE, **fields)


def sent(**fields: Any) -> dict[str, Any]:
    return {"title": "外线未通", "category": make_category().pk, "description": "停电三次", **fields}


def rate(phone: Client, link: EnterpriseLink, issue: Issue | int, **fields: Any) -> Any:
    pk = issue if isinstance(issue, int) else issue.pk
    return phone.post(f"{address_of(link)}rate/{pk}/", {"rating": 5, **fields})


def upload(data: bytes, name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
