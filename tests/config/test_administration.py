"""The administration: our name, our reader's language, and no request that nobody answers."""

import pytest
from django.test import Client

from accounts.models import User
from tests.make import make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db


def test_it_has_our_name_and_speaks_chinese() -> None:
    admin = make_user(is_staff=True, is_superuser=True)
    said = text_of(client_of(admin, language="zh-hans").get("/admin/"))
    assert "产业项目协同指挥 · 后台管理" in said
    for words in ("登录记录", "登录尝试", "登录日志"):
        assert words in said
    for foreign in ("Django", "Axes", "Access attempts", "Access logs"):
        assert foreign not in said


def test_it_is_for_those_with_access_to_it() -> None:
    assert client_of(make_user(User.Role.LEADER)).get("/admin/").status_code == 302


def test_the_picture_that_every_browser_asks_for_is_there(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith("onescreen.svg")
