"""How a command ends as a process: exit codes, errors also as JSON, signals, output that fails."""

import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import FrameType, MappingProxyType
from typing import NamedTuple, NoReturn, TextIO

import click

from recommender.cli.exit_codes import CANNOT_WRITE, INTERRUPTED, PIPE_CLOSED, TERMINATED, exit_code
from recommender.cli.output import drop_output, echo, echo_json, prepare_streams
from recommender.errors import RecommenderError

__all__ = ["Terminated", "keeping", "run_process"]


class Terminated(BaseException):
    """SIGTERM came. Like `KeyboardInterrupt` it unwinds the stack, so that locks are released."""


class Ending(NamedTuple):
    """How a command ended.

    Attributes:
        code: The exit code.
        sentence: Why it failed; "" where it did not.
        said: Whether the sentence has been printed already.
        details: More fields of the JSON of a failure: what was done in spite of it.
    """

    code: int
    sentence: str = ""
    said: bool = False
    details: Mapping[str, object] = MappingProxyType({})


def run_process(command: click.Command) -> NoReturn:
    """Run a command with the arguments of this process, and end the process with its exit code.

    Every error becomes a sentence on standard error. With `--json` it also becomes one object on
    standard output, of the shape "error". A command prints its own JSON as the last thing that it
    does, so that there is always one.

    Args:
        command: `recommend` or `recommender`.

    Raises:
        SystemExit: Always.
    """
    prepare_streams()
    arguments = sys.argv[1:]
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        with _terminated_by_signal():
            code = _end(_ending(command), as_json="--json" in options)
    except (KeyboardInterrupt, Terminated):  # a second one, while the first was being handled
        code = INTERRUPTED
    sys.exit(code)


@contextmanager
def keeping(what: str) -> Iterator[None]:
    """Say what is kept of the work where the block is stopped by Ctrl-C or SIGTERM.

    Args:
        what: What is kept, as the end of a sentence.

    Yields:
        Nothing; the work is done in the block.
    """
    try:
        yield
    except (KeyboardInterrupt, Terminated) as stop:
        stop.add_note(what)
        raise


def _ending(command: click.Command) -> Ending:
    """Run the command; how it ended."""
    try:
        code = command.main(standalone_mode=False)
        return Ending(code if isinstance(code, int) else 0)
    except click.Abort as abort:  # click's own word for Ctrl-C
        return Ending(INTERRUPTED, _stopped_by("Ctrl-C", abort.__cause__ or abort))
    except Terminated as stop:
        return Ending(TERMINATED, _stopped_by("SIGTERM", stop))
    except click.ClickException as error:
        _attempt(partial(error.show, sys.stderr), sys.stderr)  # with the usage and a hint
        no_command = isinstance(error, click.exceptions.NoArgsIsHelpError)
        sentence = "no command was given" if no_command else error.format_message()
        return Ending(error.exit_code, sentence, said=True)
    except RecommenderError as error:
        return Ending(exit_code(error), str(error), details=getattr(error, "details", {}))
    except SystemExit as stop:  # of click or rich, where nobody reads the output any more
        closed = isinstance(stop.__context__, BrokenPipeError)
        return Ending(PIPE_CLOSED if closed else int(stop.code or 0))
    except OSError as error:
        return Ending(CANNOT_WRITE, _cannot_write(error))
    except MemoryError as error:
        what = "out of memory; give the process more, then run again. What was published before is"
        return Ending(1, f"{what} untouched ({str(error) or 'no size is known'})")
    except Exception as error:  # the last place that can say what went wrong
        _attempt(traceback.print_exc, sys.stderr)
        return Ending(1, f"internal error: {type(error).__name__}: {error}; please report it")


def _end(ending: Ending, *, as_json: bool) -> int:
    """Say why a command failed, and write out what it printed; returns the exit code."""
    code = ending.code
    if code == PIPE_CLOSED:
        drop_output(sys.stdout)
        return code
    if ending.sentence and not ending.said:
        _attempt(lambda: echo(f"Error: {ending.sentence}", err=True), sys.stderr)
    if as_json and code:
        printed = {"error": ending.sentence, "exit_code": code, **ending.details}
        _attempt(lambda: echo_json(printed), sys.stdout)
        return code
    failed = _attempt(sys.stdout.flush, sys.stdout)
    if failed is None or code:
        return code
    if isinstance(failed, BrokenPipeError):
        return PIPE_CLOSED
    _attempt(lambda: echo(f"Error: {_cannot_write(failed)}", err=True), sys.stderr)
    return CANNOT_WRITE


def _attempt(write: Callable[[], object], stream: TextIO) -> OSError | None:
    """Write to a stream that may be full or closed; what failed, or None."""
    try:
        write()
    except OSError as error:
        drop_output(stream)
        return error
    return None


def _stopped_by(what: str, stop: BaseException) -> str:
    return "; ".join([f"stopped by {what}", *getattr(stop, "__notes__", ())])


def _cannot_write(error: OSError) -> str:
    """A sentence for an error of the operating system that nothing else has turned into one."""
    why = error.strerror or str(error)
    return f"{error.filename}: {why}" if error.filename else f"cannot write the output: {why}"


@contextmanager
def _terminated_by_signal() -> Iterator[None]:
    """SIGTERM raises `Terminated` while the block runs."""

    def raise_terminated(_: int, __: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, raise_terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
