#!/usr/bin/python3
"""Many people at one plan, each of whom reads it again whenever somebody else was first.

    crowd.py write PEOPLE TIMES PLAN_ID     each adds so many lines to the text
    crowd.py submit PEOPLE TIMES PLAN_ID    each submits it, or takes it back, whichever can be done, so many times

They are the people in SCIDAY_TOKENS, in turn, so that one may sit at several screens. Prints what was acknowledged: a JSON object a line, with the version that the answer named and what had been asked.
"""

import json
import sys

import asking


def again_until_first(who, path, request):
    """Asks what request(plan) is, until it is acknowledged for the version that was read; the answer and the request's name."""
    for _ in range(asking.TRIES):
        name, asked = request(asking.ask(who, "GET", path))
        answer = asked.ask()
        if answer and answer.status == 200:
            return answer, name
        if not answer or answer.status not in (409, 412):
            raise asking.Failure(f"{name}: {answer}")
    raise asking.Failure(f"nobody let it through in {asking.TRIES} tries")


def add_line(who, path, line):
    def request(plan):
        text = (plan.body["text"] or "") + "\n" + line
        return line, asking.Request(who, "PATCH", path, {"text": text}, plan.etag)

    return request


def submit_or_withdraw(who, path):
    def request(plan):
        action = "submit" if "submit" in plan.body["allowed_actions"] else "withdraw"
        return action, asking.Request(who, "POST", f"{path}/{action}", {}, plan.etag)

    return request


def main(task, people, times, plan_id):
    path = f"/v1/plans/{plan_id}"
    names = list(asking.TOKENS)

    def person(number):
        def work():
            who, acknowledged = names[number % len(names)], []
            for turn in range(int(times)):
                request = add_line(who, path, f"第{number}人第{turn}行") if task == "write" else submit_or_withdraw(who, path)
                answer, name = again_until_first(who, path, request)
                acknowledged.append({"version": answer.body["version"], "asked": name})
            return acknowledged

        return work

    for acknowledged in asking.at_once([person(number) for number in range(int(people))]):
        for each in acknowledged:
            print(json.dumps(each, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
