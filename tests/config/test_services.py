"""What only real PostgreSQL and real Redis can show."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections

from accounts.models import User
from domain.errors import DomainError, RuleError, StaleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node
from milestones.models import Node, OverdueFlag
from tests.config.conftest import SCHEDULER_IN_A_HURRY, environment, eventually, run_python, running
from tests.make import FRIDAY, MONDAY, make_node, make_user

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("services")]

THREADS = 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("names_version", "refusal"), [(False, RuleError), (True, StaleError)])
def test_of_eight_who_finish_a_node_at_once_one_does_and_seven_are_told(
    names_version: bool, refusal: type[DomainError]
) -> None:
    node, actor = make_node(status=Status.RUNNING), make_user()
    together = Barrier(THREADS)

    def finish(_: int) -> type[DomainError] | None:
        try:
            mine, me = Node.objects.get(pk=node.pk), User.objects.get(pk=actor.pk)
            version = mine.version if names_version else None
            together.wait(10)
            finish_node(mine, actor=me, on=FRIDAY, today=FRIDAY, version=version)
        except DomainError as error:
            return type(error)
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(finish, range(THREADS)))

    assert sorted(map(str, outcomes)) == sorted(map(str, [None, *[refusal] * (THREADS - 1)]))
    assert Change.objects.filter(node=node, verb=Change.Verb.NODE_FINISHED).count() == 1
    node.refresh_from_db()
    assert (node.status, node.version) == (Status.DONE, 2)


def _address_of_the_test_database() -> str:
    now: dict[str, Any] = connection.settings_dict
    who = f"{now['USER']}:{now['PASSWORD']}" if now["PASSWORD"] else now["USER"]
    return f"postgres://{who}@{now['HOST'] or '127.0.0.1'}:{now['PORT'] or 5432}/{now['NAME']}"


def _environment(settings: Any, data: Path, *, redis: int) -> dict[str, str]:
    """Of processes with their own database number in `redis`, so that nobody else takes their tasks."""
    return environment(
        DATA_DIR=str(data),
        DATABASE_URL=_address_of_the_test_database(),
        REDIS_URL=urlsplit(settings.REDIS_URL)._replace(path=f"/{redis}").geturl(),
    )


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_a_task_from_real_redis(settings: Any, tmp_path: Path) -> None:
    late = make_node(status=Status.RUNNING, due_on=MONDAY)
    make_node(status=Status.RUNNING, due_on=date(9998, 1, 1))
    env = _environment(settings, tmp_path, redis=9)
    log = tmp_path / "worker.log"
    worker = (
        "-m",
        "celery",
        "--app=config",
        "worker",
        "--pool=threads",
        "--concurrency=2",
        "--loglevel=INFO",
    )
    with running(*worker, env=env, log=log):
        run_python("from milestones.tasks import flag_overdue\nflag_overdue.delay()", env)
        eventually(OverdueFlag.objects.exists, within=60, log=log)
        eventually(lambda: "succeeded" in log.read_text(), within=10, log=log)

    assert "redis://" in log.read_text()
    assert [flag.node_id for flag in OverdueFlag.objects.all()] == [late.pk]


@pytest.mark.django_db(transaction=True)
def test_a_real_scheduler_sends_what_is_due_through_real_redis(settings: Any, tmp_path: Path) -> None:
    make_node(status=Status.RUNNING, due_on=MONDAY)
    env = _environment(settings, tmp_path, redis=10)
    log = tmp_path / "worker.log"
    with running("-c", SCHEDULER_IN_A_HURRY, env=env, log=log):
        eventually(OverdueFlag.objects.exists, within=60, log=log)
    assert "redis://" in log.read_text()
