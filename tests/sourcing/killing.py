"""A job that is killed, at any moment before or after any of its steps."""


class Killed(BaseException):
    """As a signal: nothing of ours catches it."""


class Killing:
    """Kills at the given one of all the moments before and after a step; without one, none."""

    def __init__(self):
        self._moments = None

    def __call__(self, moments):
        self._moments = moments

    def around(self, step):
        """The same step, between two such moments."""

        def stepped(*args, **kwargs):
            self._moment()
            result = step(*args, **kwargs)
            self._moment()
            return result

        return stepped

    def _moment(self):
        if self._moments is not None:
            self._moments -= 1
            if self._moments < 0:
                self._moments = None
                raise Killed
