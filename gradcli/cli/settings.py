"""The options that several commands have, and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from gradcli.cli.deadline import seconds_of
from gradcli.cli.environment import Environment
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gradcli.render import Format, Style

__all__ = [
    "Settings",
    "cache_option",
    "check_options",
    "check_provable",
    "check_sparse",
    "complete_file",
    "complete_value",
    "file_of",
    "is_loose",
    "names_option",
    "output_options",
    "output_options_with",
    "proof_option",
    "seconds_option",
    "strict_option",
    "timeout_option",
    "verdict_options",
    "verify_option",
    "wants_json",
]

_MOST_DIGITS = 1000
"""Digits at most: a derivative of gamma of order 10 to so many takes a tenth of a second."""

F = TypeVar("F", bound=Callable[..., Any])


class Settings(NamedTuple):
    """The shared options' values."""

    json: bool = False
    quiet: bool = False
    color: str = "auto"
    check: str = "off"
    check_timeout: float = 10.0
    verify: str = "sympy"
    strict: bool = False
    show_seeds: bool = False
    depth: int | None = None
    anomaly: str = "on"
    digits: int | None = None
    form: str | None = None
    output: str | None = None
    layout: str = "auto"
    all_passes: bool = False
    cache: bool = True

    @classmethod
    def of(cls, options: dict[str, Any], pictures: Sequence[str] = ()) -> Settings:
        """The settings of a command's options; `--no-check` is `--check off`.

        Args:
            options: by their names.
            pictures: the formats that the command has beside those of all.

        Raises:
            UsageProblem: if two of them contradict each other.
        """
        if options.pop("no_check", False):
            options["check"] = "off"
        options["cache"] = not options.pop("no_cache", False)
        settings = cls(**options)
        if settings.form is not None and (settings.json or settings.quiet):
            given = "--json" if settings.json else "-q"
            raise UsageProblem(f"--format and {given} both say how to write the result", hint="leave one of them out")
        if settings.output is not None and settings.form is None and not (settings.json or settings.quiet):
            settings = settings._replace(form=_form_of(settings.output, pictures))
        if settings.check == "off" and settings.verify != "sympy":
            told = f"--verify {settings.verify} is a check, and the check is off"
            raise UsageProblem(told, hint="leave one of the two out")
        if settings.verify == "proof":
            check_provable("--verify proof")
        if settings.digits is not None:
            check_provable("--digits")
        return settings

    def check_claimable(self) -> None:
        """See that the format has what is said of claims.

        Raises:
            UsageProblem: if it is one of numbers alone.
        """
        if self.form in ("npy", "npz", "mtx"):
            raise UsageProblem(f"--format {self.form} holds numbers, and claims have verdicts", hint=_CLAIMABLE)
        if self.form == "latex":
            raise UsageProblem("verdicts on claims are not typeset", hint=f"{_CLAIMABLE}; `gradcli diff` has formulas")

    @property
    def explain(self) -> bool:
        """Whether the origin of what is not finite is looked for."""
        return self.anomaly == "on"

    def format(self, environment: Environment) -> Format:
        """The output format: what an option says, else rich on a terminal and plain in a pipe."""
        if self.form is not None:
            return "json" if self.form == "jsonl" else self.form  # type: ignore[return-value]  # click knows them all
        if self.json:
            return "json"
        if self.quiet:
            return "quiet"
        return "rich" if environment.stdout.isatty() or self.color == "always" else "plain"

    def style(self, environment: Environment) -> Style:
        """How results are to look."""
        from gradcli.render import Style

        return Style(
            format=self.format(environment),
            color=self.output is None and environment.colored(environment.stdout, self.color),
            width=environment.width,
            unicode=self.output is not None or environment.unicode(),  # a file is in UTF-8
            show_seeds=self.show_seeds,
            depth=self.depth,
            layout=self.layout,
            all_passes=self.all_passes,
        )


def wants_json(form: str | None, as_json: bool) -> bool:
    """Whether a command that has plain lines and JSON alone is to write JSON.

    Raises:
        UsageProblem: if `--format plain` and `--json` contradict each other.
    """
    if form == "plain" and as_json:
        raise UsageProblem("--format and --json both say how to write the result", hint="leave one of them out")
    return as_json or form == "json"


def check_sparse(settings: Settings) -> None:
    """See that nothing is asked for that a sparse matrix does not have.

    Raises:
        UsageProblem: if it is.
    """
    if settings.digits is not None:
        raise UsageProblem("--digits and --sparse do not go together", hint="leave one of them out")
    if settings.show_seeds:
        raise UsageProblem("--show-seeds shows a seed for each row, and with --sparse rows share them")
    if settings.form == "npy":
        raise UsageProblem("a .npy file holds a dense array", hint="-o FILE.npz or FILE.mtx holds a sparse matrix")


def check_provable(option: str) -> None:
    """See that FLINT is installed.

    Raises:
        UsageProblem: if it is not.
    """
    from gradcli.enclosures.process.prover import PACKAGE, is_available

    if not is_available():
        raise UsageProblem(
            f"{option} needs the package {PACKAGE}, which is not installed", hint=f"pip install {PACKAGE}"
        )


_CLAIMABLE = "--format csv, tsv, markdown or json has them, or -o FILE of such a suffix"

_FORMS = ("rich", "plain", "quiet", "json", "jsonl", "csv", "tsv", "latex", "markdown", "npy", "mtx")

_SUFFIXES = {
    "json": "json", "jsonl": "jsonl", "csv": "csv", "tsv": "tsv", "tex": "latex", "md": "markdown", "txt": "plain",
    "npy": "npy", "npz": "npz", "mtx": "mtx",
}  # fmt: skip
"""The format that a file's name asks for."""


_PICTURES = {"dot": "dot", "gv": "dot", "mmd": "mermaid", "svg": "svg", "png": "png", "html": "html", "htm": "html"}
"""The same for pictures."""


def _form_of(output: str, pictures: Sequence[str]) -> str:
    """The format that a file's suffix chooses.

    Args:
        output: the file's name.
        pictures: the formats that are there beside those of all commands.

    Raises:
        UsageProblem: if it chooses none.
    """
    suffix = output.rpartition(".")[2].lower()
    suffixes = _SUFFIXES | {suffix: form for suffix, form in _PICTURES.items() if form in pictures}
    if suffix not in suffixes:
        known = ", ".join(f".{known}" for known in suffixes)
        if not output:
            raise UsageProblem("-o names no file", hint=f"its suffix chooses the format: {known}")
        variable = "" if "." in output else f"; a variable of this name has --set output={output}"
        raise UsageProblem(
            f"-o {output} does not say in what format", hint=f"give --format, or one of {known}{variable}"
        )
    return suffixes[suffix]


def file_of(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """What `-o` names; `-` is standard output, as elsewhere on a command line, and not a file."""
    return None if value == "-" else value


def names_option(*words: str, help: str, metavar: str = "NAMES") -> Callable[[F], F]:  # click's name
    """An option that takes names, `x,y`, and given twice takes those of both."""
    return click.option(*words, multiple=True, metavar=metavar, callback=_joined, help=help)


def _joined(ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> str | None:
    return ",".join(texts) if texts else None


def complete_file(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """A file's name, which the shell completes itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_value(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """A variable's value: the name of a file, which shells do not complete behind an `@`."""
    from gradcli.cli.completion import files_at

    return files_at(incomplete)


def is_loose(asked: bool, variables: Mapping[str, str]) -> bool:
    """Whether a text in another notation is taken, where it has one meaning.

    Args:
        asked: whether `--loose` was given.
        variables: the environment's.

    >>> is_loose(False, {"GRADCLI_LOOSE": "1"}), is_loose(False, {"GRADCLI_LOOSE": "0"}), is_loose(False, {})
    (True, False, False)
    """
    return asked or variables.get("GRADCLI_LOOSE", "") not in ("", "0")


def output_options_with(*pictures: str) -> Callable[[F], F]:
    """Add what `output_options` adds, and more formats."""
    return lambda function: _output_options(function, (*_FORMS, *pictures))


def output_options(function: F) -> F:
    """Add --json, -q, --format, -o, --color and --anomaly to a command."""
    return _output_options(function, _FORMS)


def _output_options(function: F, forms: Sequence[str]) -> F:
    function = click.option(
        "-o",
        "--output",
        metavar="FILE",
        callback=file_of,
        shell_complete=complete_file,
        help="Write to a file, whole or not at all; its suffix chooses the format. - is standard output.",
    )(function)
    function = click.option(
        "--format", "form", type=click.Choice(forms), help="How the result is written: rich on a terminal, else plain."
    )(function)
    function = click.option(
        "--anomaly",
        type=click.Choice(["on", "off"]),
        default="on",
        show_default=True,
        help="Where a number is not finite, find the place where it arose and what helps.",
    )(function)
    function = click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour: by default on a terminal unless NO_COLOR is set.",
    )(function)
    function = click.option("-q", "--quiet", is_flag=True, help="The bare numbers, readable again as values.")(function)
    return click.option("--json", is_flag=True, help="One JSON object.")(function)


def seconds_option(name: str, default: float | None, told: str) -> Callable[[F], F]:
    """An option that takes a positive number of seconds."""

    def number(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
        return None if value is None else seconds_of(name, value)

    return click.option(
        name, type=str, callback=number, default=default, show_default=True, metavar="SECONDS", help=told
    )


def timeout_option(function: F) -> F:
    """Add --check-timeout to a command."""
    return seconds_option("--check-timeout", 10.0, "When the check gives up.")(function)


_PROOF = "`proof` asks the enclosures alone, without SymPy."


def proof_option(function: F) -> F:
    """Add --verify to a command whose derivatives are not made from values alone, too."""
    choice = click.Choice(["sympy", "proof"])
    return click.option("--verify", type=choice, default="sympy", show_default=True, help=_PROOF)(function)


def verify_option(function: F) -> F:
    """Add --verify to a command."""
    return click.option(
        "--verify",
        type=click.Choice(["sympy", "full", "proof"]),
        default="sympy",
        show_default=True,
        help=f"`full` adds a third witness and shows all entry by entry, as `gradcli check` does; {_PROOF}",
    )(function)


def strict_option(function: F) -> F:
    """Add --strict to a command."""
    return click.option("--strict", is_flag=True, help="A kink is an error too: status 1.")(function)


def cache_option(function: F) -> F:
    """Add --no-cache to a command."""
    told = "Have SymPy derive anew what an earlier run has derived, and keep nothing on disk."
    return click.option("--no-cache", is_flag=True, help=told)(function)


def check_options(function: F) -> F:
    """Add --check, --no-check, --no-cache, --check-timeout, --strict and --digits to a command."""
    return verdict_options(
        click.option(
            "--digits",
            type=click.IntRange(1, _MOST_DIGITS),
            metavar="N",
            help="Give so many digits, each of them proved, of the exact results at the float64 values that are given.",
        )(function)
    )


def verdict_options(function: F) -> F:
    """Add --check, --no-check, --no-cache, --check-timeout and --strict to a command."""
    function = timeout_option(cache_option(strict_option(function)))
    function = click.option("--no-check", is_flag=True, help="The same as --check off.")(function)
    return click.option(
        "--check",
        type=click.Choice(["auto", "require", "off"]),
        default="auto",
        show_default=True,
        help="Derive the result again with SymPy and compare, and prove how near it is; `require` fails (status 4) if "
        "neither can be done.",
    )(function)
