"""Moments as our sentences write them, where Django writes one by itself: the lists of its admin."""

DATETIME_FORMAT = "j F Y à H \\h i"
SHORT_DATETIME_FORMAT = "d/m/Y à H \\h i"
TIME_FORMAT = "H \\h i"
