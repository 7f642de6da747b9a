"""Investment and indicators over REST: the same rows, figures, actions and refusals as the pages."""

from screen.api.indicators import IndicatorViewSet
from screen.api.investments import InvestmentPlanViewSet, InvestmentViewSet

__all__ = ["IndicatorViewSet", "InvestmentPlanViewSet", "InvestmentViewSet"]
