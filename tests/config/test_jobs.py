from pathlib import Path
from typing import Any

from config import celery_app
from milestones.tasks import flag_overdue


def test_the_schedule_names_tasks_that_exist() -> None:
    celery_app.loader.import_default_modules()
    names = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert names
    assert names <= celery_app.tasks.keys()


def test_the_sweep_runs_at_six_in_the_morning_here() -> None:
    sweep = "milestones.tasks.flag_overdue"
    (entry,) = (entry for entry in celery_app.conf.beat_schedule.values() if entry["task"] == sweep)
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({6}, {0})
    assert str(celery_app.timezone) == "Asia/Shanghai"


def test_tasks_that_tests_send_stay_in_the_tests(settings: Any) -> None:
    messages = Path(settings.DATA_DIR) / "queue" / "messages"
    before = sorted(messages.glob("*"))
    flag_overdue.delay()
    assert celery_app.connection_for_write().transport_cls == "memory"
    assert sorted(messages.glob("*")) == before
