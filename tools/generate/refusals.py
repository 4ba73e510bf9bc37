"""What cannot be built: gathered, so that one run names everything that is wrong."""


class Refused(Exception):
    """What cannot even be read: one line that says where and why."""


class Refusals:
    """One line for each thing that is wrong: "openapi.yaml:12: return_plan: no summary"."""

    def __init__(self):
        self.lines = []

    def add(self, where, message):
        line = f"{where}: {message}"
        if line not in self.lines:
            self.lines.append(line)
