"""Units and people of the demonstration district. Towns and people are invented; departments have the
names that the built-in chains call them by.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Unit, User

PASSWORD = "onescreen-demo"  # noqa: S105 - printed on the terminal, for invented data only

BUREAU = ("经济和信息化局", "Economy and Information Bureau")

DEPARTMENTS = (
    ("投资促进局", "Investment Promotion Bureau"),
    ("发展改革局", "Development and Reform Bureau"),
    ("规划资源分局", "Planning and Natural Resources Branch"),
    ("住房和城乡建设局", "Housing and Construction Bureau"),
    ("生态环境分局", "Ecology and Environment Branch"),
    ("应急管理局", "Emergency Management Bureau"),
    ("林业水利局", "Forestry and Water Bureau"),
    ("人防办", "Civil Defence Office"),
    ("税务局", "Tax Bureau"),
    ("统计局", "Statistics Bureau"),
    ("供电公司", "Power Supply Company"),
    ("水务公司", "Water Company"),
    ("市经济和信息化局", "City Bureau of Economy and Information"),
    ("省经济和信息化厅", "Provincial Department of Economy and Information"),
)

TOWNS = (
    ("义蓬街道", "Yipeng Subdistrict"),
    ("河庄街道", "Hezhuang Subdistrict"),
    ("白杨街道", "Baiyang Subdistrict"),
    ("下沙街道", "Xiasha Subdistrict"),
    ("新湾街道", "Xinwan Subdistrict"),
    ("临江街道", "Linjiang Subdistrict"),
    ("前进街道", "Qianjin Subdistrict"),
    ("江海生物医药平台", "Jianghai Biomedicine Platform"),
    ("江海集成电路平台", "Jianghai Chip Platform"),
    ("江海航空产业平台", "Jianghai Aviation Platform"),
)


@dataclass(frozen=True)
class Account:
    """Somebody who can log in; the first liaison of a town looks after its projects."""

    username: str
    name: str
    role: User.Role
    unit: str
    is_admin: bool = False


SHOWN = (
    Account("liaison", "李明", User.Role.LIAISON, "义蓬街道"),
    Account("manager", "王科长", User.Role.MANAGER, BUREAU[0]),
    Account("power", "周经理", User.Role.MANAGER, "供电公司"),
    Account("town", "赵主任", User.Role.MANAGER, "义蓬街道"),
    Account("leader", "陈副区长", User.Role.LEADER, ""),
    Account("admin", "管理员", User.Role.MANAGER, BUREAU[0], is_admin=True),
)
"""The accounts that ``make run`` prints."""

OTHERS = (
    Account("liaison-hezhuang", "孙悦", User.Role.LIAISON, "河庄街道"),
    Account("liaison-baiyang", "吴晓峰", User.Role.LIAISON, "白杨街道"),
    Account("liaison-xiasha", "郑琳", User.Role.LIAISON, "下沙街道"),
    Account("liaison-xinwan", "冯凯", User.Role.LIAISON, "新湾街道"),
    Account("liaison-linjiang", "沈佳", User.Role.LIAISON, "临江街道"),
    Account("liaison-qianjin", "韩磊", User.Role.LIAISON, "前进街道"),
    Account("liaison-pharma", "蒋雯", User.Role.LIAISON, "江海生物医药平台"),
    Account("liaison-chips", "许哲", User.Role.LIAISON, "江海集成电路平台"),
    Account("liaison-aviation", "何静", User.Role.LIAISON, "江海航空产业平台"),
    Account("housing", "钱科长", User.Role.MANAGER, "住房和城乡建设局"),
    Account("planning", "杨科长", User.Role.MANAGER, "规划资源分局"),
)


def settle_units() -> dict[str, Unit]:
    """The units of the district by name; one that is there already stays as it is."""
    kinds = (
        (Unit.Kind.BUREAU, (BUREAU,)),
        (Unit.Kind.DEPARTMENT, DEPARTMENTS),
        (Unit.Kind.TOWN, TOWNS),
    )
    return {
        name: Unit.objects.get_or_create(
            name=name, defaults={"name_en": name_en, "kind": kind, "position": position}
        )[0]
        for kind, names in kinds
        for position, (name, name_en) in enumerate(names, start=1)
    }


def settle_people(units: dict[str, Unit]) -> dict[str, User]:
    """The people by user name, all with the same password."""
    password = make_password(PASSWORD)
    return {
        account.username: User.objects.get_or_create(
            username=account.username,
            defaults={
                "password": password,
                "display_name": account.name,
                "role": account.role,
                "unit": units.get(account.unit),
                "is_staff": account.is_admin,
                "is_superuser": account.is_admin,
            },
        )[0]
        for account in (*SHOWN, *OTHERS)
    }
