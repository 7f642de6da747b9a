"""What tests of issues may ask for."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from issues.actions import make_link
from issues.models import EnterpriseLink
from tests.make import make_project, make_user


@pytest.fixture
def _counted_anew(settings: Any) -> None:
    """How often somebody has asked is counted in a cache that is this test's alone."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": str(uuid4())}}


@pytest.fixture
def link() -> EnterpriseLink:
    """That of an enterprise of which a liaison has given it to one person."""
    project = make_project(name="明阳电子二期", enterprise="明阳电子有限公司")
    return make_link(project, actor=make_user(display_name="李联络"), now=timezone.now(), contact="王经理")


@pytest.fixture
def phone() -> Client:
    """Somebody without an account who reads English."""
    return Client(headers={"accept-language": "en"})
