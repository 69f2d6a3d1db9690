"""`gradcli tour`: run wholly, and stopped."""

from __future__ import annotations

import shlex
from unittest import mock

from gradcli.cli import tour
from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from tests.cli.runner import PROVER, PROVES, Pipe, Terminal, gradcli


def test_all_of_it() -> None:
    done = gradcli("tour")
    assert done.status == 0, done.stdout  # each command has ended as announced
    assert len(tour.STOPS) == 10
    for number, stop in enumerate(tour.STOPS, start=1):
        assert f"\n{number} of 10. {stop.told}\n\n$ gradcli {stop.words}\n" in done.stdout
    assert done.stdout.count("(exit status 1)") == 2
    for told in ("df/dx = -2.0", "x*(2*sin(x) + x*cos(x))", "series = 1 + x - x**3/3 - x**4/6", "false at x = 1.0",
                 "from the left -1.0, from the right 1.0", "softplus(x)", "9.811 ± 0.035"):  # fmt: skip
        assert told in done.stdout
    assert done.stderr == ""


def test_a_command_that_ends_otherwise_is_told() -> None:
    stops = (tour.Stop('grad "x" --x 1 --no-check', "One.", 3), tour.Stop('eval "1" -q', "Another."))
    with mock.patch.object(tour, "STOPS", stops):
        done = gradcli("tour")
    assert done.status == 1
    assert "(exit status 0; 3 was expected)" in done.stdout
    assert done.stdout.endswith(f"\n{tour._END}\n")


def at_a_terminal(typed: str, words: str = "tour") -> tuple[str, int]:
    """What the tour shows where this is typed, and its exit status."""
    stdin, stdout = Terminal(typed), Terminal()
    environment = Environment(stdin, stdout, Pipe(), {"GRADCLI_CONFIG": "", "NO_COLOR": "1"}, 60)
    stops = (tour.Stop('eval "1 + 1"', "A sum."), tour.Stop('eval "2*3"', "A product."))
    with mock.patch.object(tour, "STOPS", stops), mock.patch(PROVER, PROVES):
        status = main(shlex.split(words), environment)
    return stdout.getvalue(), status


def test_enter_goes_on_and_q_ends_it() -> None:
    shown, status = at_a_terminal("\n\n")
    assert (status, shown.count("[Enter runs it")) == (0, 2)
    assert '$ gradcli eval "2*3"\n  [Enter runs it, q and Enter end the tour] 6.0\n' in shown
    shown, status = at_a_terminal("\nq\n")
    assert (status, "6.0" in shown, "2.0" in shown) == (0, False, True)
    shown, status = at_a_terminal("")  # the end of the input
    assert (status, "2.0" in shown) == (0, False)
    shown, status = at_a_terminal("", "tour --no-pause")
    assert (status, "6.0" in shown, "[Enter" in shown) == (0, True, False)


def test_sentences_break_between_words() -> None:
    told = "A long sentence about one sum, which is told in full before it is computed, and then computed."
    with mock.patch.object(tour, "_END", told):
        shown, _ = at_a_terminal("", "tour --no-pause")
    assert max(map(len, shown.splitlines())) <= 60
    assert told in " ".join(shown.split("\n"))
