"""A form that is sent twice is taken once."""

from uuid import uuid4

import pytest
from django.db import transaction

from history.actions import take_once
from tests.make import make_user

pytestmark = pytest.mark.django_db


def test_the_same_form_of_the_same_person_is_taken_once() -> None:
    key, actor = uuid4(), make_user()

    assert take_once(key, actor=actor)
    assert not take_once(key, actor=actor)
    assert take_once(uuid4(), actor=actor)
    assert take_once(key, actor=make_user())


def test_what_failed_may_be_sent_again() -> None:
    key, actor = uuid4(), make_user()

    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the failure is the point
        assert take_once(key, actor=actor)
        raise RuntimeError

    assert take_once(key, actor=actor)
