"""The table that a run prints: each figure beside its budget and beside what it can be compared with."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `floor` is the same work done bare in the same run, and the ratio to it travels."""

    what: str
    value: float
    unit: str
    budget: float
    floor: float | None = None
    floor_is: str = ""
    peers: str = ""

    @property
    def misses(self) -> bool:
        return self.value > self.budget


@dataclass
class Report:
    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(_line(figure), flush=True)

    def close(self) -> int:
        """Say what misses its budget; how many figures do."""
        missed = [figure for figure in self.figures if figure.misses]
        for figure in missed:
            print(f"MISSES  {figure.what}: {figure.value:.4g} {figure.unit}, budget {figure.budget:.4g}")
        print(f"{len(self.figures)} figures, {len(missed)} over budget")
        return len(missed)


HEADER = f"{'what':58} {'measured':>11} {'budget':>10}  {'ok':4} {'ratio to':>8} floor of this run; peers"


def _line(figure: Figure) -> str:
    ratio = f"{figure.value / figure.floor:7.1f}x" if figure.floor else " " * 8
    beside = f"{figure.floor_is} ({figure.floor:.4g} {figure.unit})" if figure.floor else ""
    return (
        f"{figure.what:58} {figure.value:8.4g} {figure.unit:2} {figure.budget:7.4g} {figure.unit:2}  "
        f"{'MISS' if figure.misses else 'ok':4} {ratio} {'; '.join(filter(None, (beside, figure.peers)))}"
    )
