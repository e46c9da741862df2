"""From a reviewed sample to the whole: how many to look at, and what the whole is likely to hold, with its interval."""

from yijian.sampling.estimating import Estimate, estimate
from yijian.sampling.sizing import Band, allocation
from yijian.sampling.strata import Stratum

__all__ = ["Band", "Estimate", "Stratum", "allocation", "estimate"]
