"""Names in a picture: broken where there is room, cut where there is not."""

import pytest

from milestones.drawing.lettering import fitted, length


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("桩基施工", ["桩基施工"]),
        ("建设用地规划许可证", ["建设用地", "规划许可", "证"]),
        ("设计方案审查（联审）", ["设计方案", "审查", "（联审）"]),
        ("出让合同及标准地投资建设协议书", ["出让合同", "及标准地", "投资建…"]),
        ("环评审批/备案", ["环评审", "批/备案"]),
    ],
)
def test_a_name_is_broken_into_short_lines(name: str, lines: list[str]) -> None:
    assert fitted(name, 54, 3) == lines


def test_latin_words_stay_whole() -> None:
    assert fitted("Farmland-conversion dossier", 80, 3) == ["Farmland-", "conversion", "dossier"]
    assert fitted("Registration", 70, 1) == ["Registration"]


def test_no_line_is_much_longer_than_its_room() -> None:
    assert all(length(line) <= 1.25 * 60 for line in fitted("Wirtschaftsfoerderungsgesellschaft mbH", 60, 2))
