"""The small district with all that the one screen shows: issues, a topic, a slip, investment, a last year."""

from datetime import date

from accounts.models import Unit, User
from domain.chains import Milestone
from domain.lifecycle import Status
from issues.models import Block, Supervision
from milestones.models import Node, TemplateNode
from projects.models import Investment, InvestmentPlan, Kind, Project
from tests.make import FRIDAY, MONDAY, make_issue, make_topic
from tests.screen.small_district import LAST_FRIDAY, LAST_WEEK, LONG_AGO, make_small_district, put

LAST_YEAR = date(2025, 3, 4)
"""Tuesday of the week that is 52 weeks before that of Friday, 6 March 2026."""


def make_complete_district() -> User:
    """Step a is the filing, b the signing, c the supply, d the start; x the filing of the short chain."""
    reader = make_small_district()
    power = Unit.objects.get(name="供电公司")
    for code, milestone in (
        ("a", Milestone.FILED), ("b", Milestone.SIGNED), ("c", Milestone.SUPPLIED), ("x", Milestone.FILED),
        ("y", Milestone.STARTED),
    ):  # fmt: skip
        TemplateNode.objects.filter(code=code).update(milestone=milestone, is_key=True)
    wafer, tyres, antibodies = (
        Project.objects.get(name=name) for name in ("晶圆材料二期", "轮胎技改", "抗体基地")
    )
    Project.objects.filter(pk=wafer.pk).update(sector="新材料", leader="陈副区长", industry="C3985")
    Project.objects.filter(pk=tyres.pk).update(
        sector="新材料", leader="林副区长", industry="C2911", kind=Kind.RENOVATION
    )
    Project.objects.filter(name="老厂房").update(kind=Kind.RENOVATION, industry="C2911")
    signed = Node.objects.get(project=antibodies, template_node__code="b")
    put(signed, Status.DONE, MONDAY)
    _issues(wafer, tyres, antibodies, power)
    old = Node.objects.get(project__name="老厂房", template_node__code="x")
    Node.objects.filter(pk=old.pk).update(finished_on=LAST_YEAR)
    old.project.chain.starts_on = date(2025, 1, 6)
    old.project.chain.save()
    _invest(wafer, tyres)
    return reader


def _issues(wafer: Project, tyres: Project, antibodies: Project, power: Unit) -> None:
    stuck = make_issue(wafer, today=LONG_AGO, title="外线路径未定", lead_unit=power, due_on=LAST_WEEK)
    same = make_issue(tyres, today=LAST_WEEK, title="开闭所未建", lead_unit=power, due_on=FRIDAY)
    make_topic(stuck, same, name="电力接口", lead_unit=power)
    make_issue(antibodies, today=FRIDAY, title="环评待批")
    make_issue(antibodies, today=MONDAY, title="已解决", status="closed")
    make_issue(antibodies, today=LAST_FRIDAY, title="上周解决", status="closed")
    make_issue(antibodies, today=LAST_YEAR, title="去年解决", status="closed")
    for issue in (stuck, same):
        node = Node.objects.get(project=issue.project, template_node__code="b")
        Block.objects.create(issue=issue, node=node)
    Supervision.objects.create(
        addressee=power, issued_by=stuck.raised_by,
        project=wafer, node=Node.objects.get(project=wafer, template_node__code="b"), level=1,
        deadline_on=LONG_AGO, days_late=3, state=Supervision.State.ISSUED, proposed_on=LONG_AGO,
        number="2026-0001", reply_by=date(2026, 3, 9), issued_on=LAST_WEEK,
    )  # fmt: skip


def _invest(wafer: Project, tyres: Project) -> None:
    for project, amounts in ((wafer, (300, 600)), (tyres, (100, 400))):
        for year, amount in zip((2025, 2026), amounts, strict=True):
            for month in (1, 2):
                Investment.objects.create(project=project, month=date(year, month, 1), amount=amount)
        InvestmentPlan.objects.create(project=project, year=2026, amount=6000)
