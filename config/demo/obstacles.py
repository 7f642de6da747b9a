"""What stands in the way in the demonstration district: ``issues.csv``, a topic, visits, slips, and what was solved."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from django.db.models import Count

from accounts.models import Unit, User
from config.demo.events import Event
from config.demo.timeline import Timeline
from domain.issue_figures import year_earlier
from domain.issues import Level
from domain.lifecycle import Status
from domain.workdays import ONE_DAY, WorkCalendar
from issues.actions import (
    add_to_topic,
    ask_to_close,
    assign_issue,
    note_issue,
    note_topic,
    open_topic,
    raise_from_finding,
    raise_issue,
    rate_issue,
    reopen_issue,
    send_back_issue,
    suspend_issue,
    verify_issue,
)
from issues.actions.slip_sweep import propose_slips
from issues.actions.slips import answer_slip, issue_slip
from issues.models import Category, Issue, Supervision
from milestones.models import Node
from projects.models import Finding, Project
from projects.visit_actions import record_visit

TABLE = Path(__file__).with_name("issues.csv")
LEADERS_WORD = "陈副区长"

LEADS = {
    "land": "规划资源分局", "planning": "规划资源分局", "environment": "生态环境分局", "power": "供电公司",
    "utilities": "水务公司", "permit": "住房和城乡建设局", "bidding": "住房和城乡建设局",
    "equipment": "经济和信息化局", "policy": "经济和信息化局", "money": "经济和信息化局",
}  # fmt: skip
"""Who usually has to remove what, by the code of the category."""

SOLVED = (
    ("land", "临时堆土占用红线"), ("planning", "总平方案退界不足"), ("environment", "环评报告表补充监测"),
    ("power", "临时用电报装受阻"), ("utilities", "雨污接驳口标高不符"), ("roads", "进场便道未通"),
    ("permit", "施工许可资料退回补正"), ("money", "首付款账户冻结"), ("enterprise", "股东会未通过追加投资"),
    ("bidding", "监理单位流标"), ("equipment", "关键设备延期到货"), ("policy", "用工补贴未兑现"),
)  # fmt: skip
"""What was solved in the course of this year and the last, by category."""

SOLVED_THIS_YEAR, SOLVED_A_YEAR_EARLIER, SOLVED_BETWEEN = 92, 46, 16
"""Closed since the scenario's January, in the same time a year earlier, and from then to that January."""

BLOCKS = {"environment": "eia", "permit": "cp", "power": "pwplan"}
"""The code of the node that issues of a category blocked, where one was being worked on."""

COME_BACK = ("utilities", "roads", "equipment")
"""Categories of which one was closed this year too, and is open again."""

ANSWER = "已成立专班，倒排工期"
PLAN = "一、本周五前完成路径复核；二、下周二前报审；三、两周内进场施工。"


@dataclass(frozen=True)
class Scene:
    """Whom and what the story needs."""

    today: date
    calendar: WorkCalendar
    units: Mapping[str, Unit]
    people: Mapping[str, User]
    random: Random

    def ago(self, days: int) -> date:
        """So many working days before today."""
        return self.calendar.add(self.calendar.on_or_before(self.today), -days)

    def within(self, days: int) -> date:
        return self.calendar.add(self.calendar.on_or_before(self.today), days)

    def worker_of(self, unit: Unit, project: Project) -> User:
        """Somebody who can say how it goes on: a manager of the unit who has an account, else the liaison."""
        managers = (user for user in self.people.values() if user.is_manager and user.unit == unit)
        return next(managers, None) or project.liaison or self.people["admin"]

    def answerer_of(self, unit: Unit) -> User:
        """A manager of the unit, else somebody of the bureau on its behalf."""
        managers = (user for user in self.people.values() if user.is_manager and user.unit == unit)
        return next(managers, self.people["manager"])


def obstacle_events(scene: Scene) -> Iterator[Event]:
    """Issues as they were raised and solved in the course of time; what is left of them, the topic and visits today."""
    for code, name in LEADS.items():
        Category.objects.filter(code=code).update(lead_unit=scene.units[name])
    categories = {category.code: category for category in Category.objects.select_related("lead_unit")}
    projects = {project.name: project for project in Project.objects.select_related("liaison", "town")}
    yield from _solved(scene, categories, list(projects.values()))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -int(row["raised"]))
    for row in rows:
        yield from _live(row, projects[row["project"]], categories[row["category"]], scene)
    yield Event(scene.today, lambda: _topic(categories["power"], scene))
    yield Event(scene.today, lambda: _visits(list(projects.values()), categories, scene))


def _live(row: dict[str, str], project: Project, category: Category, scene: Scene) -> Iterator[Event]:
    """One issue of the table: raised and assigned on its day, today as far as it has come."""
    raised_on = scene.ago(int(row["raised"]))
    raised: list[Issue] = []
    yield Event(raised_on, lambda: raised.append(_raise(row, project, category, scene, raised_on)))
    if row["state"] != "raised":
        yield Event(raised_on, lambda: _assign(raised[0], row, scene, raised_on))
        yield Event(scene.today, lambda: _work(raised[0], row, scene))


def _raise(row: dict[str, str], project: Project, category: Category, scene: Scene, raised_on: date) -> Issue:
    source = Issue.Source(row["source"])
    nodes = Node.objects.filter(project=project, template_node__code=row["node"]).for_list().open()
    return raise_issue(
        project, actor=_reporter(source, project, scene), title=row["title"], description=row["description"],
        category=category, source=source, today=raised_on, nodes=list(nodes),
        raised_for=project.enterprise if source == Issue.Source.ENTERPRISE else "",
    )  # fmt: skip


def _reporter(source: Issue.Source, project: Project, scene: Scene) -> User:
    if source == Issue.Source.LIAISON and project.liaison:
        return project.liaison
    return scene.people["manager"]


def _assign(issue: Issue, row: dict[str, str], scene: Scene, raised_on: date) -> None:
    manager, lead = scene.people["manager"], scene.units[row["lead"]]
    assign_issue(
        issue, actor=manager, lead_unit=lead, due_on=scene.within(int(row["due"])), today=raised_on,
        supporting=[scene.units[name] for name in row["supporting"].split()], level=Level(int(row["level"])),
        leader=LEADERS_WORD if int(row["level"]) > 1 else "",
    )  # fmt: skip


def _work(issue: Issue, row: dict[str, str], scene: Scene) -> None:
    manager, lead = scene.people["manager"], scene.units[row["lead"]]
    worker, today = scene.worker_of(lead, issue.project), scene.today
    if row["state"] == "assigned":
        return
    note_issue(issue, actor=worker, text=row["note"])
    match row["state"]:
        case "suspended":
            suspend_issue(
                issue, actor=manager, word_of=LEADERS_WORD, reason="待仲裁结果，暂缓推进", today=today,
                review_on=scene.within(40),
            )  # fmt: skip
        case "close_requested" | "returned":
            ask_to_close(
                issue, actor=worker, today=today, text="已完成", document_no=f"会议纪要〔{today:%Y}〕41号"
            )
            if row["state"] == "returned":
                send_back_issue(issue, actor=manager, reason="现场核查仍未解决，继续办理")
        case _:
            pass


def _topic(category: Category, scene: Scene) -> None:
    """Sixteen projects wait for the power interface."""
    manager = scene.people["manager"]
    issues = Issue.objects.open().filter(category=category).order_by("pk")
    topic = open_topic(
        actor=manager, name="电力接口（开闭所、外线）专题", category=category, today=scene.ago(18),
        description="开闭所投资主体、用地和外线路径由谁定，十六个项目都在等。",
        lead_unit=scene.units["供电公司"], due_on=scene.within(15),
    )  # fmt: skip
    add_to_topic(topic, list(issues), actor=manager)
    note_topic(topic, actor=manager, text="专题会议定：开闭所由供电公司投资，用地由属地在两周内交付。")


def _solved(scene: Scene, categories: Mapping[str, Category], projects: list[Project]) -> Iterator[Event]:
    """Issues of this year and the last that are gone."""
    for number, closed_on in enumerate(sorted(_closings(scene))):
        code, title = SOLVED[number % len(SOLVED)]
        project = projects[(number * 7) % len(projects)]
        yield from _solve(project, categories[code], title, closed_on, scene, comes_back=False)
    titles = dict(SOLVED)
    for number, code in enumerate(COME_BACK):
        day = scene.ago(40 + 9 * number)
        project = projects[number * 11 % len(projects)]
        yield from _solve(project, categories[code], titles[code], day, scene, comes_back=True)


def _closings(scene: Scene) -> list[date]:
    """The days on which issues were closed for good."""
    line, random = Timeline(scene.today, scene.calendar), scene.random
    then, last = line.month("2021-01"), year_earlier(scene.today)
    january = line.month("2022-01")
    spans = (
        (SOLVED_A_YEAR_EARLIER, line.working_days(then, last)),
        (SOLVED_BETWEEN, line.working_days(last + ONE_DAY, january - ONE_DAY)),
        (SOLVED_THIS_YEAR, line.working_days(january, scene.today)),
    )
    return [random.choice(days) for count, days in spans for _ in range(count)]


def _solve(
    project: Project, category: Category, title: str, closed_on: date, scene: Scene, *, comes_back: bool
) -> Iterator[Event]:
    random = scene.random
    raised_on = scene.calendar.add(closed_on, -random.randrange(3, 22))
    source = random.choice(list(Issue.Source))
    due_on = scene.calendar.add(raised_on, random.choice((10, 15, 20)))
    rating = random.choice((3, 4, 4, 5, 5)) if random.random() < 0.6 else None
    raised: list[Issue] = []

    def begin() -> None:
        node = _worked_on(BLOCKS.get(category.code, ""))
        stands = node.project if node else project
        issue = raise_issue(
            stands, actor=scene.people["manager"], title=title, category=category, source=source,
            today=raised_on, raised_for=stands.enterprise if source == Issue.Source.ENTERPRISE else "",
            nodes=[node] if node else [],
        )  # fmt: skip
        lead = category.lead_unit or stands.town
        assign_issue(issue, actor=scene.people["manager"], lead_unit=lead, due_on=due_on, today=raised_on)
        raised.append(issue)

    yield Event(raised_on, begin)
    yield Event(closed_on, lambda: _close(raised[0], rating, closed_on, scene))
    if comes_back:
        yield Event(scene.today, lambda: _come_back(raised[0], scene))


def _worked_on(code: str) -> Node | None:
    """A node with this code that is being worked on, one that no issue blocks yet before the others."""
    running = Node.objects.filter(
        template_node__code=code, status=Status.RUNNING, project__liaison__isnull=False
    )
    return (
        running.for_list().annotate(times=Count("blocks")).order_by("times", "pk").first() if code else None
    )


def _close(issue: Issue, rating: int | None, closed_on: date, scene: Scene) -> None:
    manager = scene.people["manager"]
    worker = scene.worker_of(issue.category.lead_unit or issue.project.town, issue.project)
    worker = scene.people["admin"] if worker == manager else worker
    note_issue(issue, actor=worker, text="已办结")
    ask_to_close(
        issue, actor=worker, today=closed_on, document_no=f"办结单〔{closed_on:%Y}〕{issue.serial}号"
    )
    verify_issue(issue, actor=manager, today=closed_on)
    if rating is not None:
        rate_issue(issue, actor=manager, rating=rating, today=closed_on)


def _come_back(issue: Issue, scene: Scene) -> None:
    manager, again = scene.people["manager"], scene.within(8)
    reopen_issue(issue, actor=manager, reason="问题反复", due_on=again, today=scene.today)


def _visits(projects: list[Project], categories: Mapping[str, Category], scene: Scene) -> None:
    """Some of the key projects were visited; the others are on the list of those that nobody has visited."""
    manager = scene.people["manager"]
    for number, project in enumerate([project for project in projects if project.is_key][:7]):
        visit = record_visit(
            project, actor=manager, visited_on=scene.ago(5 + 14 * number), visitors="王科长、陈副区长",
            met=f"{project.enterprise}总经理", summary="听取项目进展，现场查看工地，了解企业诉求。", today=scene.today,
            findings=["希望明确开闭所投资主体" if number % 2 else "用工宿舍配套不足"],
        )  # fmt: skip
        if number == 0:
            finding = Finding.objects.get(visit=visit)
            raise_from_finding(finding, actor=manager, category=categories["other"], today=visit.visited_on)


def supervise(scene: Scene) -> None:
    """The sweep proposes; the most severe slips were issued, two of them are answered."""
    propose_slips(scene.today, scene.calendar)
    manager = scene.people["manager"]
    slips = Supervision.objects.proposed().select_related("node__unit", "issue__lead_unit", "project__town")
    for number, slip in enumerate(slips.order_by("-level", "-days_late", "pk")[:8]):
        subject = slip.issue.lead_unit if slip.issue else slip.node and slip.node.unit
        unit = subject or slip.project.town
        details: dict[str, Any] = {"addressee": unit, "reply_by": scene.within(3)}
        issue_slip(slip, actor=manager, today=scene.today, **details)
        if number < 2:
            answer_slip(slip, actor=scene.answerer_of(unit), answer=ANSWER, plan=PLAN, today=scene.today)
