"""What tests of issues may ask for."""

import pytest
from django.test import Client
from django.utils import timezone

from issues.actions import make_link
from issues.models import EnterpriseLink
from tests.make import make_project, make_user


@pytest.fixture
def link() -> EnterpriseLink:
    """That of an enterprise of which a liaison has given it to one person."""
    project = make_project(name="明阳电子二期", enterprise="明阳电子有限公司")
    return make_link(project, actor=make_user(display_name="李联络"), now=timezone.now(), contact="王经理")


@pytest.fixture
def phone() -> Client:
    """Somebody without an account who reads English."""
    return Client(headers={"accept-language": "en"})
