"""The parent's side of the oracle: start it, ask it, wait for it until the deadline, end it."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gradcli.process.exit_reason import describe_exit
from gradcli.process.refusal import NotChecked
from gradcli.process.start import LONGEST, late, look, start, unstarted, wait
from gradcli.process.worker import Worker
from gradcli.symbolic.protocol.question import Answer, Question, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.process.messages import Reply
    from gradcli.process.start import Child
    from gradcli.symbolic.protocol.inquiry import Finding, Inquiry, Recollection
    from gradcli.symbolic.protocol.rewriting import Form, Rewriting

__all__ = ["BASE_MEMORY", "MOST_ENTRIES", "Oracle"]

BASE_MEMORY = 2**29
"""Bytes of address space that the process needs before it computes anything: 58 MiB with SymPy imported, 80 MiB more
with NumPy, and the stack of its thread, which is made to fit."""

MOST_ENTRIES = 5_000
"""Of more inputs SymPy is not asked: the gradient of sum(sin(x)*x) by so many takes 5 s, half of the time that there is
unless told otherwise."""

_SHARED = (
    "gradcli.symbolic.protocol.serialization",
    "gradcli.lang",
    "gradcli.ops.calls.interpreter",
    "gradcli.ops.calls.read",
)
"""What a command needs as well as its oracle: the first ones where nothing is to be derived."""

_TIMEOUT = 10.0
"""Seconds to the answer unless told otherwise: what a person at a terminal may be willing to wait. Most answers come
within one second."""

_MEMORY = 4 * 2**30
"""Bytes of address space that the process may take unless told otherwise."""

_GRACE = 5.0
"""Seconds that the process has to start, and to say that it found no answer in time."""

_SYMPY = Worker("gradcli.symbolic.process.worker", "SymPy")
_RECALLING = Worker("gradcli.symbolic.process.recalling", "mpmath")


class Oracle:
    """A child process that answers one question, or any number of inquiries and questions of many.

    Start it first: it imports SymPy in the meantime. One that has not been started is when it is asked.

    Args:
        timeout: seconds from the question to the answer.
        memory: bytes of address space that the process may take, where the system can limit it.
        late: whether a process that has imported NumPy may be forked: where no other threads run than its own.

    >>> with Oracle.start() as oracle:
    ...     oracle.ask(Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient"))
    ...     answer = oracle.answer()
    >>> answer.derivatives[0].high
    -2.0
    """

    def __init__(self, timeout: float = _TIMEOUT, memory: int = _MEMORY, *, late: bool = False) -> None:
        self._process: Child | None = None
        self._worker = _SYMPY
        self._keeps = False
        self._derives = False
        self._memory = memory
        self._late = late
        self._timeout = min(timeout, LONGEST)
        self._deadline: float | None = None
        self._reply: Answer | NotChecked | None = None

    @classmethod
    def start(cls, timeout: float = _TIMEOUT, memory: int = _MEMORY, *, recalling: bool = False) -> Oracle:
        """An oracle whose process is started at once.

        Args:
            timeout: as of any.
            memory: as of any.
            recalling: whether a derivation is expected to be there, so that SymPy is not needed.
        """
        oracle = cls(timeout, memory)
        oracle.begin(recalling=recalling)
        return oracle

    def begin(self, *, recalling: bool = False) -> None:
        """Start the process, unless it has been: it imports SymPy in the meantime, or for recalling mpmath alone.

        What both processes need is imported before there are two of them.
        """
        if self._deadline is None and self._process is None:
            for module in _SHARED[: 2 if recalling else None]:
                import_module(module)
            with suppress(OSError):  # where there cannot be one, another try is made when it is needed
                self._started(_RECALLING if recalling else _SYMPY)

    def rest(self) -> None:
        """End the process, which is started again when something is asked."""
        if self._process is not None:
            self._process.end()
            self._process = None
            self._derives = False

    def ask(self, question: Question, timeout: float | None = None) -> None:
        """Pose the question; the time runs from here.

        Args:
            question: the program and the point.
            timeout: seconds to the answer, where it is not the one that the oracle was started with.

        Raises:
            RuntimeError: if the oracle has been asked before, or has been closed.
        """
        if self._deadline is not None:
            raise RuntimeError("an oracle answers one question")
        self._timeout = self._timeout if timeout is None else min(timeout, LONGEST)
        self._deadline = time.monotonic() + self._timeout
        entries = sum(map(size, question.values.values()))
        if entries > MOST_ENTRIES:
            self._reply = NotChecked(f"the inputs have {entries:,} entries, the check takes {MOST_ENTRIES:,}")
            self.close()
            return
        from gradcli.symbolic.protocol.serialization import encode_question

        try:
            self._started().send(encode_question(question, self._timeout))
            self._keeps = question.keep
        except OSError as error:
            self._reply = NotChecked(unstarted(error))

    def recall(self, question: Question, timeout: float) -> Answer | NotChecked:
        """The answer by the question's derivation, in a process without SymPy; the oracle may be asked all the same.

        Raises:
            RuntimeError: if the oracle has been asked before, or has been closed.

        >>> with Oracle() as oracle:
        ...     asked = Question("x**2", {"x": 3.0}, ("x",), "gradient", derivation="[[x**2], [2*x], []]")
        ...     oracle.recall(asked, 60).derivatives[0].high
        6.0
        """
        if self._deadline is not None:
            raise RuntimeError("an oracle that has been asked does not recall")
        from gradcli.symbolic.protocol.serialization import encode_question

        timeout = min(timeout, LONGEST)
        try:
            process = self._started(_RECALLING)
        except OSError as error:
            return NotChecked(unstarted(error))
        process.send(encode_question(question, timeout))
        answer = self._read(wait(process, _RECALLING, time.monotonic() + timeout, timeout))
        self.rest()
        assert answer is not None
        return answer

    def recollect(self, recollection: Recollection, timeout: float) -> list[list[list[float]]] | None:
        """The derivatives by derivations of earlier runs, in a process without SymPy; None where SymPy is to be asked.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        from gradcli.symbolic.protocol.inquiry_serialization import encode_recollection

        if self._deadline is not None:
            raise RuntimeError("an oracle that has been asked does not recall")
        timeout = min(timeout, LONGEST)
        try:
            process = self._started(_RECALLING)
        except OSError:
            return None
        process.send(encode_recollection(recollection, timeout))
        reply = look(process, _RECALLING, time.monotonic() + timeout)
        self.rest()
        return None if reply is None or isinstance(reply, NotChecked) else reply.fields

    def derivation(self, seconds: float) -> str | None:
        """What was derived for the answer, where the question has asked to keep it, if it is there in time."""
        if self._process is None or not self._keeps:
            return None
        reply = look(self._process, _SYMPY, time.monotonic() + seconds)
        self.close()
        return None if reply is None or isinstance(reply, NotChecked) else reply.fields

    def _started(self, worker: Worker = _SYMPY) -> Child:
        """The process, started if it has not been, or for something else.

        Raises:
            OSError: if there cannot be one.
        """
        if self._process is not None and self._worker is not worker:
            self.rest()
        if self._process is None:
            self._process = start(worker, self._memory, late=self._late)
            self._worker = worker
        return self._process

    def inquire(self, inquiry: Inquiry, timeout: float) -> tuple[Finding, ...] | NotChecked:
        """Ask about claims, as often as one likes: each inquiry has its deadline, and none disturbs the next.

        Returns:
            What is known of each claim; what was found before the deadline is kept, with a note on it.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        from gradcli.symbolic.protocol.inquiry_serialization import decode_findings, encode_inquiry

        timeout = min(timeout, LONGEST)
        fields, reason = self._asked(encode_inquiry(inquiry, timeout), timeout)
        found = () if fields is None else decode_findings(fields)
        return _noted(found, reason) if reason else found

    def rewrite(self, rewriting: Rewriting, timeout: float) -> tuple[Form, ...]:
        """Ask for other forms of formulas, as often as one likes; those that were found before the deadline.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        from gradcli.symbolic.protocol.rewriting import decode_forms, encode_rewriting

        timeout = min(timeout, LONGEST)
        fields, _ = self._asked(encode_rewriting(rewriting, timeout), timeout)
        return () if fields is None else decode_forms(fields)

    def _asked(self, line: bytes, timeout: float) -> tuple[Any, str]:
        """The last reply to a request that others may follow, None without one; and why it is not final, "" if it is.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        from gradcli.process.messages import decode

        if self._deadline is not None:
            raise RuntimeError("an oracle that has been asked a question takes no inquiries")
        try:
            process = self._started()
        except OSError as error:
            return None, unstarted(error)
        fields: Any = None
        reason = ""
        try:
            process.send(line)
            deadline = time.monotonic() + timeout + _GRACE
            while (said := process.line(deadline)) is not None:
                message = decode(said)
                if isinstance(message, NotChecked):
                    return fields, message.reason
                if not isinstance(message, str):
                    fields = message.fields
                    if message.final:
                        return fields, ""
        except TimeoutError:
            reason = f"no answer within {timeout:g} s"
        status = process.end()
        self._process = None
        return fields, reason or describe_exit(status, _SYMPY.who)

    def consult(self, question: Question, timeout: float) -> Answer | NotChecked:
        """Ask one of many questions, and wait for its answer; none disturbs the next.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        from gradcli.symbolic.protocol.serialization import encode_question

        if self._deadline is not None:
            raise RuntimeError("an oracle that has been asked a question is not consulted")
        timeout = min(timeout, LONGEST)
        try:
            process = self._started()
        except OSError as error:
            return NotChecked(unstarted(error))
        self._derives = True
        process.send(encode_question(question, timeout, more=True))
        until = time.monotonic() + timeout + _GRACE
        answer = self._read(look(process, _SYMPY, until))
        if answer is None:
            answer = late(process, _SYMPY, timeout)
            process.end()
        if process.ended:
            self.rest()
        return answer

    def consult_and_keep(self, question: Question, timeout: float) -> tuple[Answer | NotChecked, str | None]:
        """Ask one of many questions; its answer, and what was derived for it, None where that does not hold elsewhere.

        Raises:
            RuntimeError: if the oracle has been asked its one question.
        """
        until = time.monotonic() + timeout
        answer = self.consult(question._replace(keep=True), timeout)
        if not isinstance(answer, Answer) or self._process is None:
            return answer, None
        reply = look(self._process, _SYMPY, max(until, time.monotonic() + _GRACE))
        if reply is None or self._process.ended:  # what comes late must not be taken for the next answer
            self.rest()
        return answer, None if reply is None or isinstance(reply, NotChecked) else reply.fields

    def recall_all(self, questions: Sequence[Question], timeout: float) -> list[Answer | NotChecked]:
        """The answers to several of many questions, by the derivation that each has with it.

        They need no SymPy, and start none; once SymPy has been consulted, it is its process that answers.

        Args:
            questions: each with its derivation.
            timeout: seconds for all of them; if it is not enough there is no answer to any.

        Raises:
            RuntimeError: if the oracle has been asked its one question.

        >>> asked = Question("x**2", {"x": 3.0}, ("x",), "gradient")
        >>> with Oracle.start() as oracle:
        ...     _, text = oracle.consult_and_keep(asked, 60)
        ...     again = oracle.recall_all([asked._replace(values={"x": 5.0}, derivation=text)], 60)
        >>> text, again[0].derivatives[0].high, again[0].recalled
        ('[[x**2], [2*x], []]', 10.0, True)
        """
        from gradcli.symbolic.protocol.serialization import decode_answers, encode_questions

        if self._deadline is not None:
            raise RuntimeError("an oracle that has been asked a question recalls no others")
        timeout = min(timeout, LONGEST)
        worker = _SYMPY if self._derives else _RECALLING
        try:
            process = self._started(worker)
        except OSError as error:
            return [NotChecked(unstarted(error))] * len(questions)
        process.send(encode_questions(questions, timeout))
        reply = look(process, worker, time.monotonic() + timeout + _GRACE)
        if reply is None:
            reply = late(process, worker, timeout)
            process.end()
        if process.ended:
            self.rest()
        return [reply] * len(questions) if isinstance(reply, NotChecked) else decode_answers(reply.fields)

    def answer(self) -> Answer | NotChecked:
        """The answer, at the deadline at the latest; the process has ended then, but for what is to be kept.

        Raises:
            RuntimeError: if nothing has been asked.
        """
        if self._deadline is None:
            raise RuntimeError("an oracle must be asked before it answers")
        try:
            if self._reply is None:
                self._reply = self._wait(self._deadline)
        finally:
            if not self._keeps or not isinstance(self._reply, Answer):
                self.close()
        return self._reply

    def answered(self, seconds: float) -> bool:
        """Whether there is an answer, or a reason why there is none, now or within some seconds."""
        if self._reply is None and self._process is not None and self._deadline is not None:
            until = min(self._deadline, time.monotonic() + seconds)
            self._reply = self._read(look(self._process, _SYMPY, until))
            if self._reply is None and until == self._deadline:
                self._reply = late(self._process, _SYMPY, self._timeout)
        return self._reply is not None

    @property
    def at_work(self) -> bool:
        """Whether the process has begun with the question."""
        return self._process is not None and self._process.stage != "starting"

    def give_up(self) -> None:
        """Wait no longer: what is asked for an answer from now on is told so."""
        if self._reply is None and self._process is not None and self._deadline is not None:
            waited = round(self._timeout - (self._deadline - time.monotonic()), 1)
            self._reply = late(self._process, _SYMPY, waited)

    def _read(self, reply: Reply | NotChecked | None) -> Answer | NotChecked | None:
        from gradcli.symbolic.protocol.serialization import decode_answer

        return reply if reply is None or isinstance(reply, NotChecked) else decode_answer(reply.fields)

    def _wait(self, deadline: float) -> Answer | NotChecked:
        if self._process is None:
            return NotChecked("the check was closed before it answered")
        reply = self._read(wait(self._process, _SYMPY, deadline, self._timeout))
        assert reply is not None
        return reply

    def close(self) -> None:
        """End the process. Harmless if it has ended."""
        self.rest()
        if self._deadline is None:
            self._deadline = time.monotonic()
            self._reply = NotChecked("the check was closed before it was asked")

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _noted(found: tuple[Finding, ...], reason: str) -> tuple[Finding, ...] | NotChecked:
    """What was found before something came in between, with the reason on claims that are still undecided."""
    if not found:
        return NotChecked(reason)
    decided = [f.proof or f.note or f.refutation is not None for f in found]
    return tuple(f if done else f._replace(note=reason) for f, done in zip(found, decided, strict=True))
