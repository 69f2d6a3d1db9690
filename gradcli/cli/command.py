"""Commands that take an expression: each of its variables becomes an option."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from gradcli.cli.argv import Context, find_expression, given_names, takes_value, with_plain_values
from gradcli.cli.deadline import seconds_of
from gradcli.cli.memory import bounded_memory, memory_of
from gradcli.cli.session import Session
from gradcli.cli.settings import complete_file, complete_value, is_loose, names_option, seconds_option
from gradcli.errors import NameProblem, SyntaxProblem, UsageProblem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gradcli.lang import Program

__all__ = [
    "CASES",
    "CaseCommand",
    "ExpressionCommand",
    "check_given",
    "expression_command",
    "read_values",
    "tell_options",
    "values_of",
]

_PROGRAM = "gradcli.program"
_VARIABLES = "gradcli.variables"
_VALUES = "gradcli.values"
_FILE = "gradcli.file"
_OPTIONS = "gradcli.options"
_DIFFERENTIATING = (
    "grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "derivative", "check", "diff", "explain", "sparsity",
)  # fmt: skip
_GIVEN = "gradcli.given"
_SPLIT = "gradcli.split"  # Bash ends a word at an @
CASES = "gradcli.cases"
_WITH_FORMULAS = ("grad", "jacobian", "hessian", "derivative")
"""Commands whose derivatives `gradcli diff` tells without values."""


class ExpressionCommand(click.Command):
    """Reads the expression first, then offers `--name VALUE` for each of its variables.

    Attributes:
        takes_cases: whether a file of cases may stand in the expression's place; `ctx.meta[CASES]` then names it.
    """

    takes_cases = False
    context_class = Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the expression, which tells the options, before click reads the other words."""
        if ctx.resilient_parsing:  # a shell asks
            return super().parse_args(ctx, self._find_variables(ctx, args))
        session: Session = ctx.find_object(Session)  # type: ignore[assignment]  # app.run always gives one
        defaults = {} if {"-h", "--help"} & set(args) else session.defaults(args)
        expression, rest = find_expression(args, self.params)
        if expression is None and not {"-h", "--help", "-"} & set(rest):
            expression = session.piped_expression(takes_value(rest, self.params, "file"))
        seconds = takes_value(rest, self.params, "timeout")
        if seconds is not None:
            session.deadline.start(seconds_of("--timeout", seconds))
        if self.takes_cases and expression is not None:
            from gradcli.data.cases import is_cases

            if is_cases(expression):
                ctx.meta[CASES] = expression
                expression = None
        session.loose = is_loose("--loose" in rest, session.environment.variables)
        source = _source(expression, rest, self.params, session)
        notation = takes_value(rest, self.params, "notation")
        if notation is not None and source is not None:
            from gradcli.cli.notation import reader_of

            session.notation = reader_of(
                notation, rest, self.params, lambda name, text: read_values(session, {name: text})[name]
            )
            source = session.notation(source)
            session.note(f"read as {source}")
            expression = None
        ctx.meta[_VALUES] = {}
        ctx.meta[_FILE] = takes_value(rest, self.params, "file")
        if source is not None:
            from gradcli.transforms.program.variables import free_names

            # A file's names are not known yet: with one, no name is ruled out.
            in_files = takes_value(rest, self.params, "values") is not None
            ctx.meta[_GIVEN] = given = [] if in_files else given_names(rest, self.params)
            if session.loose:
                source = _loosely(source, given, ctx, session)
            ctx.meta[_PROGRAM] = program = _read_or_file(source, given, expression, session)
            ctx.meta[_VARIABLES] = names = list(free_names(program))
            rest = _with_assignments(rest, self.get_params(ctx), names, session)
            words, rest = rest, with_plain_values(rest, super().get_params(ctx), names, given)
            taken = next(
                (name for name in names if f"--{name}" in words and "--set" in rest and "--set" not in words), ""
            )
            if taken:  # gradcli grad "json**2" --json 3
                session.note(f"--{taken} is the option; what stands beside it is the value of '{taken}', as with --set")
        if defaults:
            from gradcli.cli.defaults import chosen

            ctx.default_map = chosen(self, ctx, rest, defaults)
        return super().parse_args(ctx, rest)

    def _find_variables(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the variables of the expression, where the words so far hold one that can be read; give the others."""
        from gradcli.cli.completion import expression_among

        ctx.meta[_VALUES] = {}
        ctx.meta[_SPLIT] = args[-1:] == ["@"]
        program, rest = expression_among(args, self.params)
        if program is not None:
            from gradcli.transforms.program.variables import free_names

            ctx.meta[_GIVEN] = given_names(rest, self.params)
            ctx.meta[_VARIABLES] = list(free_names(program))
        return rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What may stand in the place of a word that is begun: variables that have no value, options; or a file."""
        if ctx.meta.get(_SPLIT):
            return complete_value(ctx, None, f"@{incomplete}")
        if not incomplete.startswith("-"):
            return complete_file(ctx, None, incomplete)
        variables = [f"--{name}" for name in ctx.meta.get(_VARIABLES, [])]
        given = {f"--{name}" for name in ctx.meta.get(_GIVEN, [])}
        found = [item for item in super().shell_complete(ctx, incomplete) if item.value not in given]
        return sorted(found, key=lambda item: item.value not in variables)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The declared options, and one for each variable of the expression."""
        params = super().get_params(ctx)
        if _OPTIONS not in ctx.meta:
            taken = {opt for p in params for opt in p.opts}
            names = [n for n in ctx.meta.get(_VARIABLES, []) if f"--{n}" not in taken]
            # The same objects at each call: click finds by them in which order the options were given.
            ctx.meta[_OPTIONS] = [_variable_option(i, name) for i, name in enumerate(names)]
        return [*params, *ctx.meta[_OPTIONS]]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line, with the expression first."""
        formatter.write_usage(ctx.command_path, "EXPR [--VARIABLE VALUE]... [OPTIONS]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under headings, the expression's variables first."""
        from gradcli.cli.help_lines import sections

        declared = super().get_params(ctx)
        variables = [param.get_help_record(ctx) for param in self.get_params(ctx) if param not in declared]
        told = [*filter(None, variables), *_told(ctx, {opt for param in declared for opt in param.opts})]
        if told:
            with formatter.section("Variables"):
                formatter.write_dl(told)
        for title, params in sections(declared):
            with formatter.section(title):
                formatter.write_dl([*filter(None, (param.get_help_record(ctx) for param in params))])


class CaseCommand(ExpressionCommand):
    """A command that takes an expression or a file of cases."""

    takes_cases = True


def _told(ctx: click.Context, taken: set[str]) -> list[tuple[str, str]]:
    """Help for variables whose names are options' too."""
    names = [name for name in ctx.meta.get(_VARIABLES, []) if f"--{name}" in taken]
    return [(f"--set {name}=VALUE", f"Value of {name}; --{name} is an option.") for name in names]


def _variable_option(index: int, name: str) -> click.Option:
    def keep(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
        if len(value) > 1:
            raise UsageProblem(f"variable '{name}' is given twice", hint=f"as {value[0]} and as {value[1]}")
        if value:
            ctx.meta[_VALUES][name] = value[0]

    return click.Option(
        [f"--{name}", f"variable_{index}"],
        metavar="VALUE",
        multiple=True,
        expose_value=False,
        callback=keep,
        shell_complete=complete_value,
        help=f"Value of {name}: a number, [a, b], an expression, @file or - (stdin).",
    )


def _with_assignments(
    words: list[str], params: Sequence[click.Parameter], variables: Sequence[str], session: Session
) -> list[str]:
    """The words, with `x=3` as `--x 3` where x is a variable; standard error says so."""
    found, rest = find_expression(words, params)
    name, equals, value = (found or "").partition("=")
    if not equals or value.startswith("=") or name not in variables or "--" in words:
        return words
    session.warn(f"{found} is read as --{name} {value}")
    return [f"--{name}={value}", *_with_assignments(rest, params, variables, session)]


def _source(
    expression: str | None, rest: Sequence[str], params: Sequence[click.Parameter], session: Session
) -> str | None:
    file = takes_value(rest, params, "file")
    if file is not None and expression is not None:
        raise UsageProblem("both an expression and -f are given", hint="leave one of them out")
    if file is not None:
        from pathlib import Path

        from gradcli.data.files import read_text

        return session.read_stdin("the expression") if file == "-" else read_text(Path(file))
    return session.read_stdin("the expression") if expression == "-" else expression


def _read_or_file(source: str, given: Sequence[str], expression: str | None, session: Session) -> Program:
    """The program of a text, or of the file that the text names, if it reads as no expression."""
    try:
        return _read(source, given)
    except (SyntaxProblem, NameProblem):
        from gradcli.cli.expression_file import file_meant

        path = file_meant(expression)
        if path is None:
            raise
        from gradcli.data.files import read_text

        session.note(f"the expression was read from {path}, as with -f {path}")
        return _read(read_text(path), given)


def _loosely(source: str, given: Sequence[str], ctx: click.Context, session: Session) -> str:
    """The line of the language that a text means, if it has one meaning; how it was read is told on standard error."""
    from gradcli.transforms.program.teach import loosely

    found = loosely(source, given)
    if found is None:
        return source
    for name, text in found.values.items():
        if name in given:
            raise UsageProblem(f"variable '{name}' is given twice", hint=f"the expression itself says {name} = {text}")
        ctx.meta[_VALUES][name] = text
    told = ", ".join([found.readings[0], *(f"{name} = {text}" for name, text in found.values.items())])
    session.note(f"read as {told}")
    return found.readings[0]


def _read(source: str, given: Sequence[str]) -> Program:
    """The program of a text whose functions are known; what is wrong with it is told with the corrected line."""
    from gradcli.lang import parse
    from gradcli.transforms.program.variables import check_functions

    try:
        program = parse(source)
        _check_unquoted(program)
        check_functions(program)
    except (SyntaxProblem, NameProblem) as problem:
        from gradcli.transforms.program.teach import teach

        raise teach(problem, source, given) from None
    return program


def _check_unquoted(program: Program) -> None:
    """Refuse an expression in quotes that the shell has kept, as that of Windows keeps single ones.

    Raises:
        SyntaxProblem: with what stands in the quotes.
    """
    from gradcli.lang import Literal

    tree = program.result
    if isinstance(tree, Literal) and isinstance(tree.value, str) and tree.value.strip():
        message = "the expression is a text in quotes, which the shell has kept"
        hint = f"write {tree.value}; where a shell keeps single quotes, as that of Windows does, use double ones"
        raise SyntaxProblem(message, source=program.source, span=tree.span, hint=hint)


def expression_command(
    name: str, cases: bool = False, texts: bool = False
) -> Callable[[Callable[..., Any]], ExpressionCommand]:
    """Make a click command of `function(session, program, values, **options)`.

    `values` has a number, list or array for each variable that was given. The function's docstring is
    the command's help, its click options are the command's.

    Args:
        name: the command.
        cases: whether a file of cases may stand in the expression's place; `program` is then None, and `values` are
            the texts that were given, which `values_of` reads.
        texts: whether `values` are such texts, and may be missing.
    """

    def decorate(function: Callable[..., Any]) -> ExpressionCommand:
        return _command(name, function, cases, cases or texts)

    return decorate


def _command(name: str, function: Callable[..., Any], cases: bool, as_texts: bool) -> ExpressionCommand:

    @click.pass_context
    def run(ctx: click.Context, /, **options: Any) -> Any:
        program: Program | None = ctx.meta.get(_PROGRAM)
        if program is None and CASES not in ctx.meta:
            raise UsageProblem(
                "an expression is missing",
                hint=f'write it in quotes: gradcli {ctx.info_name} "x**2" --x 3; or read it with -f FILE',
            )
        session: Session = ctx.obj
        constants = options.pop("constants")
        if program is not None and name in _DIFFERENTIATING:
            from gradcli.transforms.program.variables import check_moving

            check_moving(program)
        if options.pop("file") is not None and not ctx.meta[_FILE]:
            raise UsageProblem("-f stands alone, not behind other letters", hint="write -q -f FILE")
        # Before the expression was read, the time has begun to run, and it was known whether to read it loosely.
        del options["timeout"], options["loose"], options["notation"]
        allowed = memory_of(options.pop("max_memory"), session.environment.variables)
        texts = _merge(ctx.meta[_VALUES], options.pop("set"))
        if files := options.pop("values"):
            texts = _with_files(session, program, texts, files, allowed)
        if name == "batch":  # a table says what has a value
            options["constants"] = constants
        elif program is not None and constants is not None:
            numbers = _variables_of_constants(name, program, constants, texts, options)
            if numbers:
                options["shape"] = (*options["shape"], *(f"{number}=()" for number in numbers))
        if program is not None and not as_texts:
            check_given(program, texts, name)
        with bounded_memory(allowed):
            return function(session, program, texts if as_texts else read_values(session, texts), **options)

    run.__doc__ = function.__doc__
    with_file = click.option(
        "-f",
        "--file",
        metavar="FILE",
        shell_complete=complete_file,
        help="Read the expression from a file (- for stdin).",
    )
    with_set = click.option(
        "--set", multiple=True, metavar="NAME=VALUE", help="Give a variable whose name is also an option's."
    )
    with_values = click.option(
        "--values",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="Values by name: JSON, TOML, CSV, .npz; FILE:TABLE for a part.",
    )
    with_memory = click.option(
        "--max-memory", metavar="SIZE", help="Refuse what takes more (4GiB; none for no bound; GRADCLI_MAX_MEMORY)."
    )
    with_constants = names_option(
        "--constants", help="These are constants, --constants pi,e; tau, inf and nan then variables."
    )
    with_loose = click.option(
        "--loose",
        is_flag=True,
        help="Take 2x, sin x, x², √x, |x|, 30° and their like, and say how they were read (GRADCLI_LOOSE=1).",
    )
    with_notation = click.option(
        "--notation",
        type=click.Choice(["latex", "matrixcalculus", "sympy", "mathematica", "matlab", "excel"]),
        metavar="NAME",
        help="It and claims are in another notation (latex, matrixcalculus, sympy, mathematica, matlab, excel), values "
        "in gradcli's; says what is read.",
    )
    with_timeout = seconds_option(
        "--timeout", None, "When the computation gives up: status 4 (default: never). The check has --check-timeout."
    )
    run.__dict__["__click_params__"] = getattr(function, "__click_params__", [])
    made = click.command(name, cls=CaseCommand if cases else ExpressionCommand)
    return made(
        with_file(with_values(with_set(with_constants(with_notation(with_loose(with_timeout(with_memory(run))))))))
    )


def _merge(texts: dict[str, str], settings: Sequence[str]) -> dict[str, str]:
    from gradcli.lang import normalize

    merged = dict(texts)
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name:
            raise UsageProblem(f"--set takes NAME=VALUE, not '{setting}'")
        name = normalize(name.strip())
        if name in merged:
            raise UsageProblem(f"variable '{name}' is given twice", hint=f"as {merged[name]} and as {text}")
        merged[name] = text
    return merged


def _with_files(
    session: Session, program: Program | None, texts: dict[str, str], files: Sequence[str], allowed: int | None
) -> dict[str, str]:
    """The values that were given one by one, and of files the others, in the order in which the expression has them."""
    if program is None:
        raise UsageProblem("--values does not go with a file of cases, which holds its own values")
    from gradcli.cli.value_files import picked_values
    from gradcli.lang import variables

    used = variables(program)
    with bounded_memory(allowed):
        found = {**picked_values(session, files, used), **texts}
    return {name: found[name] for name in dict.fromkeys([*used, *found]) if name in found}


def _variables_of_constants(
    command: str, program: Program, constants: str, texts: Mapping[str, str], options: Mapping[str, Any]
) -> list[str]:
    """The names of other constants than `--constants` says, where the command takes variables without values.

    Raises:
        NameProblem: for an unknown constant; where variables need values, for one that has none.
    """
    from gradcli.ops import CONSTANTS
    from gradcli.transforms.program.variables import check_constants, free_names

    listed = [name.strip() for name in constants.split(",") if name.strip()]
    given = [*texts, *(text.partition("=")[0].strip() for text in options.get("shape", ()))]
    unvalued = _UNVALUED.get(command)
    if unvalued is None or not unvalued(texts, options):
        check_constants(program, listed, given)
        return []
    check_constants(program, listed, CONSTANTS)
    return [name for name in free_names(program) if name in CONSTANTS and name not in (*listed, *given)]


_UNVALUED: dict[str, Callable[[Mapping[str, str], Mapping[str, Any]], bool]] = {
    "check": lambda texts, options: bool(options["claim"] or options["claim_hessian"]),
    "code": lambda texts, options: True,
    "diff": lambda texts, options: not texts and not options["tangent"],
    "explain": lambda texts, options: not texts,
    "sparsity": lambda texts, options: True,
}
"""When the commands that may do without values do so."""


def values_of(session: Session, program: Program, texts: dict[str, str]) -> dict[str, Any]:
    """The number, list or array for each variable, from what was given.

    Raises:
        Problem: for a variable without a value, or about a value.
    """
    check_given(program, texts)
    return read_values(session, texts)


def read_values(session: Session, texts: dict[str, str]) -> dict[str, Any]:
    """The number, list or array that each text stands for.

    Raises:
        Problem: about a value.
    """
    if not texts:
        return {}
    from gradcli.data.values import value_of
    from gradcli.transforms.program.execute import constant_value

    return {
        name: value_of(name, text, constant_value, lambda: session.read_stdin("a value"))
        for name, text in texts.items()
    }


def check_given(program: Program, texts: dict[str, str], command: str = "") -> None:
    """Refuse missing and unused values; this comes before NumPy is imported, so that the error is quick.

    Raises:
        NameProblem: for a variable without a value, or a value without a variable.
    """
    from gradcli.transforms.program.variables import check_names

    _check_options(program, texts)
    try:
        check_names(program, texts)
    except NameProblem as problem:
        if not texts and command in _WITH_FORMULAS and problem.hint:
            problem.hint += "; `gradcli diff` prints the formula"
        from gradcli.transforms.program.teach import teach

        raise teach(problem, program.source, texts) from None


def tell_options(session: Session, program: Program, texts: Mapping[str, str]) -> None:
    """Say that an option was taken for itself, where a variable has its name and needs no value."""
    from gradcli.transforms.program.variables import free_names

    ctx = click.get_current_context()
    own = {opt: param.name or "" for param in ctx.command.params for opt in param.opts}
    for name in free_names(program):
        param = own.get(f"--{name}", "")
        if name in texts or not param or ctx.get_parameter_source(param) is not ParameterSource.COMMANDLINE:
            continue
        told = f"--set {name}={_told_value(ctx.params.get(param))}"
        session.note(f"--{name} is the option; the variable of that name is given by {told}")


def _told_value(given: Any) -> str:
    """What was given to an option, as the value of a variable; a placeholder for what is none."""
    return str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else "VALUE"


def _check_options(program: Program, texts: dict[str, str]) -> None:
    """Say how to give a variable whose option is the command's own."""
    from gradcli.ops import CONSTANTS
    from gradcli.transforms.program.variables import free_names

    ctx = click.get_current_context()
    # The option of help is click's own, and not among the parameters.
    own = {"--help": None, **{opt: param.name for param in ctx.command.params for opt in param.opts}}
    for name, span in free_names(program).items():
        if f"--{name}" in own and name not in texts and name not in CONSTANTS:
            given = ctx.params.get(own[f"--{name}"] or "")
            value = _told_value(given)
            message = f"variable '{name}' has no value: --{name} is an option of {ctx.info_name}"
            hint = f"give it with --set {name}={value}"
            if program.source.strip() == "help":
                hint = f"`gradcli help {ctx.info_name}` tells what the command does; a variable: --set help=VALUE"
            raise NameProblem(message, source=program.source, span=span, hint=hint)
