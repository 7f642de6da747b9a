"""The investment of one project in a year: its months and its plan, as one form shows and changes them. In 万元."""

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from projects.models import Investment, InvestmentPlan, Project


@dataclass(frozen=True, slots=True)
class InvestmentYear:
    """`amounts` by the number of the month, those that are recorded; `plan` None where there is none."""

    year: int
    plan: Decimal | None = None
    amounts: dict[int, Decimal] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self.plan is None and not self.amounts

    def made_until(self, month: int) -> Decimal:
        """From January to the end of this month."""
        return sum((amount for number, amount in self.amounts.items() if number <= month), Decimal(0))

    @property
    def etag(self) -> str:
        """The entity tag of what is recorded, quotes included: another amount, another tag."""
        said = [
            str(self.year), f"{self.plan}", *(f"{month}={self.amounts[month]}" for month in sorted(self.amounts))
        ]  # fmt: skip
        return f'"{sha256(repr(said).encode()).hexdigest()[:24]}"'


def investment_years(project: Project, *years: int) -> dict[int, InvestmentYear]:
    """Each of these years; two queries however many."""
    plans = dict(
        InvestmentPlan.objects.filter(project=project, year__in=years)
        .order_by()
        .values_list("year", "amount")
    )
    found = {year: InvestmentYear(year, plans.get(year)) for year in years}
    rows = Investment.objects.filter(
        project=project, month__year__gte=min(years), month__year__lte=max(years)
    )
    for month, amount in rows.order_by().values_list("month", "amount"):
        if month.year in found:
            found[month.year].amounts[month.month] = amount
    return found
