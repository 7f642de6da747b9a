"""Investment, indicators, forecasts, weak links and the race over REST: rows, figures and refusals of the pages."""

from screen.api.forecast import ForecastsView, ProjectForecastView
from screen.api.indicators import IndicatorViewSet
from screen.api.investments import InvestmentPlanViewSet, InvestmentViewSet
from screen.api.race import RaceRowsView, RaceView
from screen.api.weak_link import WeakLinkKindView, WeakLinksView

__all__ = [
    "ForecastsView", "IndicatorViewSet", "InvestmentPlanViewSet", "InvestmentViewSet", "ProjectForecastView",
    "RaceRowsView", "RaceView", "WeakLinkKindView", "WeakLinksView",
]  # fmt: skip
