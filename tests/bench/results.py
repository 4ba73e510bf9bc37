"""What was measured, and how it is told: medians over rounds, ratios of one round each, and which goals are missed."""

import json
import statistics
from dataclasses import dataclass, field


@dataclass
class Goal:
    """What issue 11 asks of one figure: `work` is the row of its table, `what` the case."""

    work: str
    what: str
    wanted: float
    measured: float
    unit: str
    spread: tuple = ()
    is_least: bool = False

    @property
    def margin(self):
        """1 and more: met."""
        return self.measured / self.wanted if self.is_least else self.wanted / max(self.measured, 1e-9)

    @property
    def is_met(self):
        return self.margin >= 1

    @property
    def asked(self):
        return f"{'≥' if self.is_least else '≤'} {self.wanted:g} {self.unit}"

    @property
    def told(self):
        return f"{self.measured:.2f} ({self.spread[0]:.2f} to {self.spread[1]:.2f}) ×" if self.spread else f"{figure(self.measured)} {self.unit}"


@dataclass
class Results:
    """Rounds by (work, size, connections, who): each a dict of rate (a second), p50 and p99 (ms), or ms alone."""

    rounds: dict = field(default_factory=dict)
    goals: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, work, size, connections, who, **figures):
        self.rounds.setdefault((work, size, connections, who), []).append(figures)

    def median(self, key, figure="rate"):
        """None where it was not measured."""
        values = [one[figure] for one in self.rounds.get(key, []) if one.get(figure) is not None]
        return statistics.median(values) if values else None

    def ratio(self, key, others, figure="rate"):
        """(median, least, most) of the ratios of each round to the best of the others, by name; None if none was measured."""
        work, size, connections, _ = key
        pairs = []
        for number, mine in enumerate(self.rounds.get(key, [])):
            theirs = [self.rounds[other][number][figure] for name, at in others
                      if len(self.rounds.get(other := (work, size, at or connections, name), [])) > number]
            if theirs:
                pairs.append(mine[figure] / max(theirs))
        return (statistics.median(pairs), min(pairs), max(pairs)) if pairs else None

    def at_least(self, work, what, wanted, ratio):
        """A goal of a ratio, as ratio() gives it."""
        if ratio:
            self.goals.append(Goal(work, what, wanted, ratio[0], "×", ratio[1:], is_least=True))

    def at_most(self, work, what, wanted, measured, unit):
        self.goals.append(Goal(work, what, wanted, measured, unit))

    @property
    def missed(self):
        return [goal for goal in self.goals if not goal.is_met]

    def summary(self):
        """A line for each kind of work: the case that is worst, and how many of its goals are met."""
        by_work = {}
        for goal in self.goals:
            by_work.setdefault((goal.work, goal.asked), []).append(goal)
        for (work, asked), goals in by_work.items():
            worst = min(goals, key=lambda goal: goal.margin)
            yield [work, asked, f"{worst.told}: {worst.what}", f"{sum(goal.is_met for goal in goals)} of {len(goals)}"]

    def json(self):
        return json.dumps({"measured": [dict(zip(("work", "size", "connections", "who"), key), rounds=rounds) for key, rounds in self.rounds.items()],
                           "goals": [vars(goal) | {"met": goal.is_met} for goal in self.goals], "notes": self.notes}, ensure_ascii=False, indent=1)


def table(head, lines):
    """Markdown: the first column is of words, the others of figures."""
    rule = [":--"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in [head, rule, *lines]) + "\n"


def figure(value):
    """A rate or a time, as short as it may be."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
