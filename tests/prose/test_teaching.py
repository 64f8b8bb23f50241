"""The numbers on the page for teachers: measured, or reckoned from what was measured."""

import math
import re
import shlex
from pathlib import Path

import hub_needs
import manuscript
import pytest
import yaml
from hub_needs import (
    AT_ONCE,
    HEADROOM,
    LIMIT_CORES,
    NODE_CORES,
    NODE_KEEPS,
    NODE_MEMORY,
    RUN_ALL,
    SERVER,
    for_class,
    littlest,
    measured,
    student,
    students_of_a_node,
)
from manuscript import BOOK
from words import in_words, times

from utils import rates
from utils.approximation import polygon_bound
from utils.initializers import he_variance, lecun_variance

GIVEN = [
    "where ten minutes are usual",
    "Vote on the visits of ten rungs",
    "Softmax twice: what does it cost",
    'learning_rate=1">the fifth</a>',
    "How lucky is the best of twenty?",
    "compare after each half",
    "vote: what do twice as many neurons do to each?",
    "with half as much again? Then clip",
    "Which cure still works with half the weights?",
    "Vote: what does ten times the rate do?",
]

ROWS = measured()
EACH = student(ROWS)
CLASSES = (30, 300, 3000)


@pytest.fixture(scope="module")
def page():
    """Return the page."""
    return manuscript.page("teaching").text


def section(page, target):
    """Return the section under a target: ``(target)=``."""
    return page.partition(f"\n({target})=\n")[2].partition("\n(")[0]


def table(text):
    """Return the rows of the first table, without its head."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return rows[2:]


def block(text, language):
    """Return the code blocks of a language, each command on one line."""
    blocks = re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)
    return [re.sub(r" *\\\n *", " ", code) for code in blocks]


def numbers(text):
    """Return the numbers that a text names, with those between: "1 and 5 to 7"."""
    spans = re.findall(r"\b(\d+)(?: to (\d+))?", text)
    return {n for first, last in spans for n in range(int(first), int(last or first) + 1)}


def test_a_plan_has_each_exercise_of_its_chapter_in_class_or_at_home(page):
    plans = section(page, "plans").split("\n### ")[1:]
    chapters = {chapter.path.stem: chapter.text for chapter in manuscript.chapters()}
    assert len(plans) == len(chapters)
    for plan in plans:
        name = re.search(r"([\w-]+)\.html#", plan)[1]
        in_class, _, at_home = plan.partition("For homework")
        named = " ".join(re.findall(r"[Ee]xercises? (\d+(?: and \d+)?)", in_class))
        exercises = set(map(int, re.findall(r"(?m)^### (\d+)\. ", chapters[name])))
        assert numbers(named) | numbers(at_home) == exercises, name


def test_every_notebook_was_measured():
    notebooks = {page.path.stem for page in manuscript.notebooks()}
    assert set(ROWS) == notebooks | {SERVER}, "run tests/bench/bench_notebooks.py --write"


def test_the_table_has_what_was_measured(page):
    shown = {}
    for name, *numbers in table(section(page, "needs")):
        link = re.search(r"\((?P<page>[\w-]+)\.ipynb\)", name)
        shown[link["page"] if link else SERVER] = [float(number) for number in numbers]
    assert shown == {name: [row.peak, row.processor] for name, row in ROWS.items()}


def test_the_date_and_the_versions_are_those_of_the_file(page):
    said = re.search(r"\((?P<where>[^()]*matplotlib [\d.]+)\)", section(page, "needs"))["where"]
    assert f"# {said}" in hub_needs.FILE.read_text(encoding="utf-8").splitlines()


def test_a_students_share_follows_from_the_measurements(page):
    needs = section(page, "needs")
    chapters = [row for name, row in ROWS.items() if name != SERVER]
    peaks = sorted((row.peak for row in chapters), reverse=True)
    server = ROWS[SERVER].peak
    assert f"{server:.0f} M for the idle server and at most {peaks[0]:.0f} M for" in needs
    assert "With a fifth on top for what the student tries" in needs
    assert HEADROOM == 1.2
    assert f"{EACH.guarantee} M are guaranteed" in needs
    held = sum(server + sum(peaks[:n]) <= EACH.limit for n in range(1, len(peaks) + 1))
    words = {2: "two", 3: "three", 4: "four", 5: "five"}
    assert f"the server and the {words[held]} largest chapters at once" in needs
    longest = max(row.processor for row in chapters)
    assert f"with {EACH.cores} of a core for each" in needs
    assert f"with its {longest} seconds of processor, is through in two minutes" in needs
    assert longest / EACH.cores <= RUN_ALL == 120
    assert 1.2 * (server + peaks[0]) <= EACH.guarantee


def test_no_chapter_wants_more_than_the_limit_of_cores():
    """On average a kernel keeps no more cores busy than a student may have."""
    assert all(row.processor <= LIMIT_CORES * row.clock for row in ROWS.values())


def test_the_settings_are_the_reckoned_ones(page):
    hub = section(page, "hub")
    (config,) = map(yaml.safe_load, block(hub, "yaml"))
    user = config["singleuser"]
    assert user["memory"] == {"guarantee": f"{EACH.guarantee}M", "limit": f"{EACH.limit}M"}
    assert user["cpu"] == {"guarantee": EACH.cores, "limit": LIMIT_CORES}
    assert user["extraEnv"] == {"OPENBLAS_NUM_THREADS": "1"}, "as it was measured"
    commands = [line for text in block(hub, "sh") for line in text.splitlines()]
    assert f"sudo tljh-config set limits.memory {EACH.limit}M" in commands
    assert f"sudo tljh-config set limits.cpu {LIMIT_CORES}" in commands
    assert "sudo tljh-config reload" in commands, "else nothing of it counts"


def test_the_image_is_the_one_that_the_hub_starts(page):
    """And the command that makes it is one that repo2docker understands."""
    hub = section(page, "hub")
    (config,) = map(yaml.safe_load, block(hub, "yaml"))
    image = "{name}:{tag}".format(**config["singleuser"]["image"])
    commands = [shlex.split(line) for text in block(hub, "sh") for line in text.splitlines()]
    (make,) = [command for command in commands if command[0] == "jupyter-repo2docker"]
    (push,) = [command for command in commands if command[:2] == ["docker", "push"]]
    main = pytest.importorskip("repo2docker.__main__", reason="Windows has no repo2docker")
    asked = main.get_argparser().parse_args(make[1:])
    assert asked.image_name == push[2] == image
    assert (asked.run, asked.user_name, asked.user_id) == (False, "jovyan", 1000)
    # A student's own disk is mounted over the home folder, so the course must be elsewhere.
    assert not asked.target_repo_dir.startswith("/home")
    comes_with = Path(main.__file__).parent / "buildpacks/conda/environment.yml"
    assert "jupyterhub-singleuser==5.*" in comes_with.read_text(encoding="utf-8")
    requirements = (BOOK.parent / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"(?m)^nbgitpuller\b", requirements)


def test_the_table_of_classes_is_reckoned(page):
    wanted = []
    for students in CLASSES:
        for share in (AT_ONCE, 1):
            need = for_class(students, share, EACH)
            wanted.append(
                [
                    f"{students}",
                    f"{need.at_once}",
                    f"{need.memory / 1024:.0f} G",
                    f"{math.ceil(need.cores)}",
                    f"{need.nodes}",
                ]
            )
    assert table(section(page, "costs")) == wanted


def test_the_words_about_cost_are_reckoned(page):
    costs = section(page, "costs")
    full = students_of_a_node(EACH)
    assert f"nodes of {NODE_CORES} cores and {NODE_MEMORY // 1024} G of memory" in costs
    assert f"a node then holds {full} students" in costs
    assert f"$p / {full}$" in costs
    assert f"{AT_ONCE:.0%} work at once".replace("%", " %") in costs
    some, everyone = (littlest(30, share, EACH) / 1024 for share in (AT_ONCE, 1))
    assert f"{some:.1f} G for a class of 30, {everyone:.1f} G if all work at once" in costs


def test_a_class_is_reckoned_by_hand():
    """At 512 M and a tenth of a core each: 57 to a node of 32 G, if the cores allowed 72."""
    each = hub_needs.Student(guarantee=512, limit=1024, cores=0.1)
    assert students_of_a_node(each) == 57
    assert students_of_a_node(hub_needs.Student(512, 1024, cores=0.2)) == 36
    need = for_class(300, 0.6, each)
    assert (need.at_once, need.memory, need.nodes) == (180, 180 * 512, 4)
    assert need.cores == pytest.approx(18)
    assert littlest(30, 1, each) == 30 * 1024 + 128
    for students, share in ((0, 1), (30, 0), (30, 1.1)):
        with pytest.raises(ValueError, match="expected students and a share"):
            for_class(students, share, each)


def test_the_plans_say_in_words_what_the_chapters_have(prose):
    states = [f"w1={w}&amp;w2={w}&amp;b={b}" for w, b in ((0.2, 0.5), (0.4, 1))]
    first, second = (f'<a href="perceptron.html#distance?{state}">' for state in states)
    twice = times(0.4 / 0.2)
    assert f"Vote: {twice} the weights and {twice} the bias; then exercise 2" in prose
    assert f"{first}once</a> {second}{twice}</a>" in prose
    assert f'#stack?neurons=10&amp;z=0&amp;weight=1">{in_words(10)}</a>' in prose
    code = "".join(cell.python for cell in manuscript.page("checking-a-derivative").of_kind("code"))
    claims = re.search(r"slopes = \{(.*)\}", code)[1].split(",")
    five = in_words(len(claims))
    assert f"{five.capitalize()} programs, one slope: vote on which is right" in prose
    assert f">the {five} claims</a>" in prose
    assert "\n### Ten digits\n" in f"\n{manuscript.page('training-a-network').text}"
    assert "For homework: *Ten digits*, exercises" in prose
    ten, half = times(round(rates.effective_rate(1, 0.9), 9)), in_words(round(2 / 1.9) / 2)
    assert f"the velocity as a sum, {ten} one way and {half} to and fro" in prose
    eighth = in_words(polygon_bound(1, 1))
    assert f"why the polygon's bound has an {eighth}, exercises" in prose
    kept = in_words(lecun_variance(9, 4) / he_variance(9, 4))
    assert f"LeCun, Xavier, the ReLU's {kept}, He; vote on the scale" in prose


def test_the_room_is_told_in_words(prose):
    assert f"With a {in_words(HEADROOM - 1)} on top for what the student tries" in prose
    assert f"of which the system keeps a {in_words(NODE_KEEPS)}; a node" in prose
    assert f"The limit is {times(EACH.limit / EACH.guarantee)} the guarantee, where" in prose
