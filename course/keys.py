"""Lay out the lecturer's own repository, and hold what is in it.

A new folder gets the sample week as an example, a seed of its own, and a page that says what is
where; nothing that is there is overwritten.  Then each week is held: every answer is right, and
every mistake is named, on the trials that the notebook shows and on those that it is graded on.
What the answers are on this term's numbers goes to ``answers/``.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from course.commands import SAMPLE
from course.week import Week, read_week
from utils.judging import RIGHT, answered, judge, named, plain, verdict

TERM = """\
# The term, and the seed from which all its numbers come: keep it to yourself.  Another seed is
# another term: other numbers in the texts, and other trials.
term = "{term}"
seed = "{seed}"
"""

README = """\
# The key

Keep this repository private: it has the answers.

| | |
| :-- | :-- |
| `term.toml` | the term, and the seed of its numbers |
| `weeks/` | a short file for each week: title, objectives, tasks with points and minutes, rubrics |
| `tasks/` | the entries of each week: text, answer, inputs, mistakes and what they are worth |
| `class/` | for a rehearsal: what a made-up class hands in |
| `answers/` | made by `make keys`: the answers on this term's numbers |
| `student/` | made by `make student`: the notebooks to hand out |
| `quizzes/` | made by `make quiz`: question banks, with their answers |
| `exams/` | yours to make: exams in place of those of the course, or beside them |
| `papers/` | made by `make exam`: papers to print, and their solutions |
| `submissions/`, `grades/` | what is handed in, and what comes of it: kept out of the history |

The commands are those of the book: see `course/README.md` there.
"""

#: What is nobody's to read in a history: work of students.
IGNORED = "submissions/\ngrades/\n__pycache__/\n"


def lay_out(keys: Path, term: str) -> list[str]:
    """Make what is not there yet, and return the names of what was made."""
    made = []
    for name, text in (
        ("term.toml", TERM.format(term=term, seed=secrets.randbits(128))),
        ("README.md", README),
        (".gitignore", IGNORED),
    ):
        path = keys / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            made.append(name)
    for folder in ("weeks", "tasks", "class"):
        if not (keys / folder).exists():
            shutil.copytree(SAMPLE / folder, keys / folder, ignore=shutil.ignore_patterns("__*"))
            made.append(f"{folder}/")
    return made


def faults(week: Week) -> Iterator[str]:
    """Name what is not right about a week's entries."""
    for name, task in week.tasks.items():
        for part, exercise in task.parts.items():
            place = f"week {week.name}, {name}{f', {part}' if part else ''}"
            expected = {RIGHT: exercise.answer}
            expected |= {named(words): wrong for words, wrong in exercise.mistakes.items()}
            for words, answer in expected.items():
                for trials in _trials(week, name) if task.is_code else ([()],):
                    got = [plain(answered(answer, *each)) for each in trials]
                    if (said := verdict(exercise, trials, got)) != words:
                        yield f"{place}: expected {words!r} of an answer, got {said!r}"
            if task.is_code and judge(exercise, exercise.answer) != RIGHT:
                yield f"{place}: the answer is not right on inputs of another seed"


def _trials(week: Week, name: str) -> tuple[list[tuple], list[tuple]]:
    return week.shown(name), week.graded(name)


def answers_of(week: Week) -> str:
    """Return the answers of a week, on this term's numbers, as a page."""
    said = [f"# Answers to week {week.name}, {week.term}", ""]
    for question in week.questions:
        said.append(f"## {question.name}: {question.points:g} points")
        if question.task is None:
            said += ["", *(f"- {line}" for line in question.rubric)]
        elif question.task.is_code:
            count = len(week.graded(question.name))
            said += ["", f"The function in `tasks/{week.name}.py`, on {count} trials."]
        else:
            said += ["", *(f"- {p}: {e.answer}" for p, e in question.task.parts.items())]
        if question.task is not None and question.task.worth:
            said += ["", "What keeps a part of the points:", ""]
            said += [f"- {worth:g}: {words}" for words, worth in question.task.worth.items()]
        said.append("")
    return "\n".join(said)


def main() -> None:
    """Lay out and hold the keys."""
    parser = argparse.ArgumentParser(prog="make keys", description=__doc__.splitlines()[0])
    parser.add_argument("--keys", required=True, help="the folder of the lecturer's repository")
    parser.add_argument("--term", default="", help="such as 2027-spring")
    options = parser.parse_args()
    if not options.keys:
        raise SystemExit("expected where the key is to be: make keys KEYS=../my-keys")
    keys = Path(options.keys)
    made = lay_out(keys, options.term or "this-term")
    print(f"{keys}: {', '.join(made) if made else 'all was there'}")
    wrong = 0
    for path in sorted((keys / "weeks").glob("*.toml")):
        try:
            week = read_week(keys, path.stem)
            found = list(faults(week))
        except (ValueError, KeyError, TypeError) as error:
            found = [f"week {path.stem}: {type(error).__name__}: {error}"]
        wrong += len(found)
        print("\n".join(found) or f"week {week.name}: {len(week.tasks)} entries hold")
        if not found:
            (keys / "answers").mkdir(exist_ok=True)
            answers = keys / "answers" / f"week-{week.name}.md"
            answers.write_text(answers_of(week), encoding="utf-8", newline="\n")
    raise SystemExit(min(wrong, 1))


if __name__ == "__main__":
    main()
