"""When projects will have got where, how likely they are to keep their dates, and how right past forecasts were."""
