"""Records the LLM calls of a Python app in LLMOps Console. One file, no dependencies, Python 3.9 or newer.

Copy this file into your app, put ``@app_log`` on the function that calls the model, and open the console::

    from app_log import app_log, app_log_context

    @app_log(app_type="CASE_GENERATION")           # or just @app_log; async functions and generators too
    def ask(messages, model="gpt-4o-mini"):
        return client.chat.completions.create(model=model, messages=messages)

    with app_log_context(user_id="u-1", session_id="s-1", tags=["beta"]):
        ask([{"role": "user", "content": "Hello"}])

    feedback(request_id, 5, "Just what I needed")  # what somebody thinks of a call, 1 to 5

Model, provider, prompt, response and tokens are read from arguments and results in the shapes of OpenAI and Anthropic,
or from any dict or object with ``model``, ``usage`` and ``text``; streams are recorded when they end. Calls are sent
from a daemon thread: your app never waits for the console, and nothing in here raises into your code.

把本文件复制到你的应用里，在调用模型的函数上加 ``@app_log``，然后打开控制台即可看到调用：同步函数、异步函数、生成器
（流式）都支持；模型、提示词、回复、Token 用量自动提取。记录由后台守护线程发送，控制台没有打开也不影响你的应用。
用 ``app_log_context`` 标注用户与会话（``current_request_id()`` 可在被装饰的函数内取得调用编号），用 ``record(**fields)`` 手工记录一次调用，
用 ``feedback(调用编号, 评分)`` 提交用户对某次调用的评价（1 到 5 分）。

Environment / 环境变量:

    LLMOPS_URL       where the console listens / 控制台地址; default http://127.0.0.1:4318
    LLMOPS_TOKEN     bearer token, if the console asks for one / 访问令牌（控制台要求时才需要）
    LLMOPS_APP       name of your app / 应用名称
    LLMOPS_DISABLED  1 switches recording off / 设为 1 关闭记录
"""

from __future__ import annotations

import atexit
import contextlib
import contextvars
import dataclasses
import datetime
import email.utils
import enum
import functools
import http.client
import inspect
import io
import json
import logging
import math
import os
import random
import re
import sys
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple, Optional, TypeVar, overload

__all__ = [
    "Stats",
    "app_log",
    "app_log_context",
    "configure",
    "current_request_id",
    "feedback",
    "flush",
    "record",
    "stats",
]

DEFAULT_URL = "http://127.0.0.1:4318"
DEFAULT_APP = "default"
#: What waits to be sent is bounded; beyond either, new records are dropped and counted.
MAX_QUEUED_RECORDS = 10_000
MAX_QUEUED_BYTES = 16 * 1024 * 1024
#: A request carries at most this much; a record that is larger goes alone.
MAX_BATCH_RECORDS = 100
MAX_BATCH_BYTES = 4 * 1024 * 1024
#: How long a record waits for others to share its request.
BATCH_DELAY_S = 1.0
REQUEST_TIMEOUT_S = 10.0
#: A batch is tried this often, which is about two minutes, and then counted as failed.
MAX_ATTEMPTS = 10
RETRY_BASE_S = 0.5
RETRY_MAX_S = 30.0
#: A server may ask for a longer pause than that, but is not given more than this.
RETRY_AFTER_MAX_S = 60.0
#: How long the end of the process may be held up.
EXIT_FLUSH_S = 2.0
#: The console's own limits; what is longer would be cut or refused there.
MAX_TEXT_LENGTH = 1_000_000
MAX_NAME_LENGTH = 200
MAX_COMMENT_LENGTH = 10_000
MAX_TAGS = 20
MAX_ATTRIBUTES = 100
MAX_TOKENS = 1_000_000_000
MAX_DEPTH = 32
MAX_ANSWER_BYTES = 1024 * 1024

_F = TypeVar("_F", bound=Callable[..., Any])
_Json = dict[str, Any]

_logger = logging.getLogger("llmops.app_log")


# ---------------------------------------------------------------------------------------------------------------------
# Recording


@overload
def app_log(function: _F, /) -> _F: ...


@overload
def app_log(
    *,
    app_type: Optional[str] = None,
    app: Optional[str] = None,
    environment: Optional[str] = None,
    operation: Optional[str] = None,
    provider: Optional[str] = None,
    model: Optional[str] = None,
    user_id: Optional[str] = None,
    session_id: Optional[str] = None,
    tags: Sequence[str] = (),
    attributes: Optional[Mapping[str, Any]] = None,
    log_request: bool = True,
    log_response: bool = True,
) -> Callable[[_F], _F]: ...


def app_log(
    function: Any = None,
    /,
    *,
    app_type: Optional[str] = None,
    app: Optional[str] = None,
    environment: Optional[str] = None,
    operation: Optional[str] = None,
    provider: Optional[str] = None,
    model: Optional[str] = None,
    user_id: Optional[str] = None,
    session_id: Optional[str] = None,
    tags: Sequence[str] = (),
    attributes: Optional[Mapping[str, Any]] = None,
    log_request: bool = True,
    log_response: bool = True,
) -> Any:
    """Decorates a function so that each of its calls is recorded; with or without parentheses.

    Takes functions and methods, async ones, generators and async generators, and functions that return a stream. What
    the function returns, yields and raises is passed on unchanged (a stream object of a vendor's library is wrapped,
    and passes its attributes through).

    A stream is recorded when it ends: ``ttftMs`` is the time to its first item, and its items are put together. A
    stream that its reader closes early is ``ok`` with the attribute ``llmops.stream.closed_early``; any exception,
    a cancelled task included, is ``error`` with the exception's type and message.

    What is given here holds for all calls of the function; ``app_log_context`` adds to it for some. ``model`` and
    ``provider`` are used when the result does not name them.

    :param log_request: False leaves the prompt out of the record.
    :param log_response: False leaves the response out of the record; tokens are still counted.
    """
    options = _Options(
        labels={
            "app": app,
            "appType": app_type,
            "environment": environment,
            "operation": operation,
            "userId": user_id,
            "sessionId": session_id,
            "tags": list(tags),
            "attributes": dict(attributes or {}),
        },
        provider=provider,
        model=model,
        log_request=log_request,
        log_response=log_response,
    )
    return (lambda decorated: _decorate(decorated, options)) if function is None else _decorate(function, options)


@contextlib.contextmanager
def app_log_context(
    *,
    user_id: Optional[str] = None,
    session_id: Optional[str] = None,
    tags: Sequence[str] = (),
    app: Optional[str] = None,
    app_type: Optional[str] = None,
    environment: Optional[str] = None,
    trace_id: Optional[str] = None,
    attributes: Optional[Mapping[str, Any]] = None,
) -> Iterator[None]:
    """Labels all calls that start inside the ``with`` block, in this thread or task and the tasks that it starts.

    Blocks nest: the inner value wins, tags and attributes add up. Labels win over the decorator's.
    """
    labels = {
        "userId": user_id,
        "sessionId": session_id,
        "app": app,
        "appType": app_type,
        "environment": environment,
        "traceId": trace_id,
        "tags": list(tags),
        "attributes": dict(attributes or {}),
    }
    token = _labels.set(_merge(_labels.get(), labels))
    try:
        yield
    finally:
        # A generator may be closed in another context than the one it was opened in.
        with contextlib.suppress(ValueError):
            _labels.reset(token)


def record(**fields: Any) -> str:
    """Records one call by hand and returns its request id.

    Fields are those of ``POST /v1/app-logs`` in snake case: ``request_id``, ``app``, ``app_type``, ``environment``,
    ``user_id``, ``session_id``, ``operation``, ``provider``, ``model``, ``request_model``, ``status``, ``error_type``,
    ``error_message``, ``started_at`` (epoch ms, ISO 8601 or an aware datetime), ``duration_ms``, ``ttft_ms``,
    ``input_tokens`` (cached and cache-write tokens included), ``output_tokens`` (reasoning included),
    ``cached_input_tokens``, ``cache_write_tokens``, ``reasoning_tokens``, ``total_tokens``, ``cost``, ``prompt``,
    ``response``, ``tags``, ``attributes``, ``trace_id``, ``span_id``, ``parent_span_id``; and ``error``, an exception
    that stands for the three error fields. All are optional. The surrounding ``app_log_context`` fills in what is
    absent::

        record(model="qwen-max", prompt=question, response=answer, input_tokens=12, output_tokens=80, duration_ms=930)
    """
    given = fields.get("request_id")
    request_id = given if isinstance(given, str) and given else _new_request_id()
    try:
        error = fields.pop("error", None)
        call = {_camel_case(name): value for name, value in fields.items() if value is not None}
        if isinstance(error, BaseException):
            call = {**_describe_error(error), **call}
        call.setdefault("startedAt", _epoch_ms(time.time() - _number(call.get("durationMs")) / 1000))
        _submit({**_merge(_labels.get(), call), "requestId": request_id})
    except Exception:
        _logger.debug("a call could not be recorded", exc_info=True)
    return request_id


def feedback(
    request_id: str,
    rating: int,
    comment: Optional[str] = None,
    *,
    type: Optional[str] = None,
    tags: Sequence[str] = (),
    user_id: Optional[str] = None,
    source: Optional[str] = None,
    id: Optional[str] = None,
) -> str:
    """Sends what somebody thinks of a call, in the background like the calls, and returns the feedback's id.

    :param request_id: of the call, as ``record`` and ``current_request_id`` give it; the call may be sent later.
    :param rating: 1 to 5, 5 is best.
    :param type: ``quality``, ``accuracy``, ``latency``, ``safety`` or ``other``.
    :param user_id: who judges; absent: the user of the surrounding ``app_log_context``.
    :param source: ``end-user``, ``reviewer`` or ``program``.
    :param id: the same id twice is the same feedback; absent: one is made.
    """
    feedback_id = id or _new_request_id()
    try:
        if not _settings().disabled:
            judgement = {
                "id": feedback_id,
                "requestId": request_id,
                "rating": rating,
                "comment": None if comment is None else _cut_comment(str(comment)),
                "type": type,
                "tags": tags,
                "userId": user_id or _labels.get().get("userId"),
                "source": source,
            }
            _sender.put(_Item(_FEEDBACK_PATH, _to_json(_tidy(judgement))))
    except Exception:
        _logger.debug("feedback could not be sent", exc_info=True)
    return feedback_id


def current_request_id() -> Optional[str]:
    """Inside a decorated function: the request id of the call being recorded, to find it again in the console."""
    return _request_id.get()


class Stats(NamedTuple):
    """What became of the records of this process."""

    #: Stored by the console.
    sent: int
    #: Not taken because too much was waiting.
    dropped: int
    #: Refused by the console, or given up after the last try.
    failed: int
    #: Waiting or under way.
    queued: int


def stats() -> Stats:
    """Counts of this process so far; a forked child counts anew."""
    return _sender.stats()


def flush(timeout: float = 5.0) -> bool:
    """Waits until what was recorded before has been sent or given up.

    Records are flushed at exit anyway, for up to 2 seconds. Call this where a process is frozen or killed without one,
    as in a serverless function.

    :param timeout: in seconds.
    :returns: False if records still wait.
    """
    return _sender.flush(timeout)


def configure(
    *,
    url: Optional[str] = None,
    token: Optional[str] = None,
    app: Optional[str] = None,
    disabled: Optional[bool] = None,
) -> None:
    """Overrides the environment; what is absent stays as it is."""
    global _current_settings
    changes = {"url": url, "token": token, "app": app, "disabled": disabled}
    given = {name: value for name, value in changes.items() if value is not None}
    _current_settings = dataclasses.replace(_settings(), **given)


# ---------------------------------------------------------------------------------------------------------------------
# Settings and labels


@dataclasses.dataclass(frozen=True)
class _Settings:
    url: str
    token: str
    app: str
    disabled: bool


_current_settings: Optional[_Settings] = None


def _settings() -> _Settings:
    """The environment is read at the first use, so that a file of settings may be loaded after the import."""
    global _current_settings
    if _current_settings is None:
        _current_settings = _Settings(
            url=os.environ.get("LLMOPS_URL") or DEFAULT_URL,
            token=os.environ.get("LLMOPS_TOKEN", ""),
            app=os.environ.get("LLMOPS_APP") or DEFAULT_APP,
            disabled=os.environ.get("LLMOPS_DISABLED", "").strip().lower() in ("1", "true", "yes", "on"),
        )
    return _current_settings


_labels: contextvars.ContextVar[_Json] = contextvars.ContextVar("app_log_labels", default={})
_request_id: contextvars.ContextVar[Optional[str]] = contextvars.ContextVar("app_log_request_id", default=None)


def _merge(outer: _Json, inner: _Json) -> _Json:
    """The inner value wins; tags and attributes add up."""
    merged = {**outer, **{name: value for name, value in inner.items() if value not in (None, [], {})}}
    if outer.get("tags") and inner.get("tags"):
        merged["tags"] = list(dict.fromkeys([*outer["tags"], *inner["tags"]]))
    if outer.get("attributes") and inner.get("attributes"):
        merged["attributes"] = {**outer["attributes"], **inner["attributes"]}
    return merged


@dataclasses.dataclass(frozen=True)
class _Options:
    labels: _Json
    provider: Optional[str]
    model: Optional[str]
    log_request: bool
    log_response: bool


# ---------------------------------------------------------------------------------------------------------------------
# Decorated functions


def _decorate(function: Any, options: _Options) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_decorate(function.__func__, options))
    signature = _signature(function)
    # Nothing of a generator's body runs before its first item is asked for.
    is_lazy = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)

    def start(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Optional[_Call]:
        try:
            return None if _settings().disabled else _Call(options, _name_arguments(signature, args, kwargs), is_lazy)
        except Exception:
            _logger.debug("a call could not be recorded", exc_info=True)
            return None

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def async_wrapper(*args: Any, **kwargs: Any) -> Any:
            call = start(args, kwargs)
            if call is None:
                return await function(*args, **kwargs)
            return await _watch_awaitable(function(*args, **kwargs), call)

        return async_wrapper

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = start(args, kwargs)
        if call is None:
            return function(*args, **kwargs)
        with call.running():
            result = function(*args, **kwargs)
        return _watch_awaitable(result, call) if inspect.iscoroutine(result) else _watch_result(result, call)

    return wrapper


def _signature(function: Any) -> Optional[inspect.Signature]:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _name_arguments(
    signature: Optional[inspect.Signature], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments by the names of their parameters, without the object of a method."""
    named: dict[str, Any] = {"args": list(args)} if args else {}
    if signature is not None:
        try:
            named = signature.bind_partial(*args, **kwargs).arguments
        except TypeError:
            # The function itself will say what is wrong with its arguments.
            pass
        else:
            first = next(iter(signature.parameters), None)
            kinds = {name: parameter.kind for name, parameter in signature.parameters.items()}
            extra = next((n for n, kind in kinds.items() if kind is inspect.Parameter.VAR_KEYWORD), None)
            kwargs = named.get(extra, {}) if extra else {}
            return {
                **{n: v for n, v in named.items() if n != extra and not (n == first and n in ("self", "cls"))},
                **kwargs,
            }
    return {**named, **kwargs}


async def _watch_awaitable(awaitable: Awaitable[Any], call: _Call) -> Any:
    with call.running():
        result = await awaitable
    return _watch_result(result, call)


def _watch_result(result: Any, call: _Call) -> Any:
    """Records the call now, or when the stream that the function returned ends."""
    if inspect.isgenerator(result):
        return _watch_generator(result, call)
    if inspect.isasyncgen(result):
        return _watch_async_generator(result, call)
    # Streams of the vendors' libraries are iterators; so are files, which nobody means to log.
    if isinstance(result, AsyncIterator):
        return _AsyncStream(result, call)
    if isinstance(result, Iterator) and not isinstance(result, io.IOBase):
        return _Stream(result, call)
    call.take(result, is_whole=True)
    call.finish()
    return result


def _watch_generator(generator: Any, call: _Call) -> Any:
    # `yield from` hands on what is sent and thrown into the generator, and its closing.
    return (yield from _Stream(generator, call))


async def _watch_async_generator(generator: Any, call: _Call) -> Any:
    step = generator.__anext__
    try:
        while True:
            with call.running(StopAsyncIteration):
                item = await step()
            call.take(item)
            try:
                sent = yield item
                step = functools.partial(generator.asend, sent)
            except GeneratorExit:
                call.finish(closed_early=True)
                raise
            except BaseException as error:
                step = functools.partial(generator.athrow, error)
    except StopAsyncIteration:
        pass
    finally:
        await generator.aclose()


class _StreamBase:
    """Passes everything of a stream object through."""

    def __init__(self, stream: Any, call: _Call) -> None:
        self._stream = stream
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_stream"), name)

    def __del__(self) -> None:
        # The reader has let go of it, perhaps without a word.
        call = self.__dict__.get("_call")
        if call is not None:
            call.finish(closed_early=True)


class _Stream(_StreamBase):
    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> Any:
        return self._advance(self._stream.__next__)

    def send(self, value: Any) -> Any:
        return self._advance(functools.partial(self._stream.send, value))

    def throw(self, *error: Any) -> Any:
        return self._advance(functools.partial(self._stream.throw, *error))

    def _advance(self, step: Callable[[], Any]) -> Any:
        call = self._call
        with call.running(StopIteration):
            item = step()
        call.take(item)
        return item

    def close(self) -> None:
        self._call.finish(closed_early=True)
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> _Stream:
        enter = getattr(self._stream, "__enter__", None)
        if enter is not None:
            enter()
        return self

    def __exit__(self, *error: Any) -> Any:
        self._call.finish(error[1], closed_early=error[1] is None)
        leave = getattr(self._stream, "__exit__", None)
        return leave(*error) if leave is not None else None


class _AsyncStream(_StreamBase):
    def __aiter__(self) -> _AsyncStream:
        return self

    async def __anext__(self) -> Any:
        call = self._call
        with call.running(StopAsyncIteration):
            item = await self._stream.__anext__()
        call.take(item)
        return item

    async def aclose(self) -> None:
        await self._close("aclose")

    async def close(self) -> None:
        await self._close("close")

    async def _close(self, name: str) -> None:
        self._call.finish(closed_early=True)
        close = getattr(self._stream, name, None)
        closing = close() if close is not None else None
        if inspect.isawaitable(closing):
            await closing

    async def __aenter__(self) -> _AsyncStream:
        enter = getattr(self._stream, "__aenter__", None)
        if enter is not None:
            await enter()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        self._call.finish(error[1], closed_early=error[1] is None)
        leave = getattr(self._stream, "__aexit__", None)
        return await leave(*error) if leave is not None else None


class _Call:
    """One call of a decorated function, from its start to its record. No method raises."""

    def __init__(self, options: _Options, arguments: dict[str, Any], is_lazy: bool) -> None:
        self._options = options
        # Labels are those of the place that made the call, wherever its stream is read.
        self._labels = _merge(options.labels, _labels.get())
        self.request_id = _new_request_id()
        prompt, self._request_model = _read_arguments(arguments)
        # Taken now: the list of messages will have grown by the time the model has answered.
        self._prompt = _snapshot(prompt) if options.log_request else None
        self._answer = _Answer()
        self._started: Optional[tuple[float, float]] = None if is_lazy else (time.time(), time.perf_counter())
        self._ttft_ms: Optional[float] = None
        self._is_finished = False

    def running(self, end: Optional[type[BaseException]] = None) -> _Running:
        """Runs a part of the function; an exception that leaves it ends the call, and ``end`` ends it well."""
        if self._started is None:
            self._started = (time.time(), time.perf_counter())
        return _Running(self, end)

    def take(self, item: Any, *, is_whole: bool = False) -> None:
        """Reads a result, or one item of a stream."""
        if self._is_finished:
            return
        if self._ttft_ms is None and not is_whole:
            self._ttft_ms = self._elapsed_ms()
        try:
            self._answer.take(item, is_whole=is_whole)
        except Exception:
            _logger.debug("a result could not be read", exc_info=True)

    def finish(self, error: Optional[BaseException] = None, *, closed_early: bool = False) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        if self._started is None:
            return  # A generator that was never asked for an item has done nothing.
        try:
            _submit(self._to_record(error, closed_early))
        except Exception:
            _logger.debug("a call could not be recorded", exc_info=True)

    def _to_record(self, error: Optional[BaseException], closed_early: bool) -> _Json:
        options, answer = self._options, self._answer
        model = answer.model or options.model or self._request_model
        call = {
            **self._labels,
            **answer.usage(),
            "requestId": self.request_id,
            "status": "ok",
            "startedAt": _epoch_ms(self._started[0] if self._started else time.time()),
            "durationMs": self._elapsed_ms(),
            "ttftMs": self._ttft_ms,
            "operation": self._labels.get("operation") or answer.operation,
            "requestModel": self._request_model,
            "model": model,
            "provider": options.provider or answer.provider or _provider_of(model),
            "prompt": self._prompt,
            "response": answer.response() if options.log_response else None,
        }
        if closed_early:
            call["attributes"] = {**call.get("attributes", {}), "llmops.stream.closed_early": True}
        if error is not None:
            call.update(_describe_error(error))
        return call

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started[1]) * 1000 if self._started else 0.0


class _Running:
    def __init__(self, call: _Call, end: Optional[type[BaseException]]) -> None:
        self._call = call
        self._end = end

    def __enter__(self) -> None:
        self._outer = _request_id.get()
        _request_id.set(self._call.request_id)

    def __exit__(self, _type: Any, error: Optional[BaseException], _traceback: Any) -> None:
        # Not reset by token: the items of a stream may be read in different contexts.
        _request_id.set(self._outer)
        if error is not None:
            is_end = self._end is not None and isinstance(error, self._end)
            self._call.finish(None if is_end else error)


# ---------------------------------------------------------------------------------------------------------------------
# Reading arguments and results

_PROMPT_NAMES = ("messages", "prompt", "input")
_INSTRUCTION_NAMES = ("system", "instructions")
_TEXT_NAMES = ("text", "content", "response", "output_text", "output", "answer", "completion")
_SECRET_NAME = re.compile("^token$|api_?key|password|secret|authorization|access_?token|credential", re.IGNORECASE)
_OPENAI_MODELS = ("gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-", "ft:gpt-")


def _read_arguments(arguments: dict[str, Any]) -> tuple[Any, Optional[str]]:
    """The prompt among the arguments, or in one that is a whole request, and the model asked for."""
    places: list[Mapping[str, Any]] = [arguments, *(v for v in arguments.values() if isinstance(v, Mapping))]
    model = next((_text(place.get("model")) for place in places if _text(place.get("model"))), None)
    for place in places:
        for name in _PROMPT_NAMES:
            prompt = place.get(name)
            if prompt is not None:
                instructions = next((place[n] for n in _INSTRUCTION_NAMES if place.get(n)), None)
                return _with_instructions(instructions, prompt), model
    if len(arguments) == 1:
        return next(iter(arguments.values())), model
    return arguments or None, model


def _with_instructions(instructions: Any, prompt: Any) -> Any:
    """Puts instructions that a vendor keeps apart before the messages."""
    if instructions is None:
        return prompt
    messages = prompt if isinstance(prompt, (list, tuple)) else [{"role": "user", "content": prompt}]
    return [{"role": "system", "content": instructions}, *messages]


def _provider_of(model: Optional[str]) -> Optional[str]:
    """Many vendors answer in OpenAI's shape, so only the model tells."""
    if model is None:
        return None
    if model.startswith("claude"):
        return "anthropic"
    return "openai" if model.startswith(_OPENAI_MODELS) else None


def _field(value: Any, name: str) -> Any:
    """A key of a mapping or an attribute of an object, whichever it is; None if it is neither."""
    if value is None or isinstance(value, (str, bytes, int, float, list, tuple)):
        return None
    try:
        return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    except Exception:
        return None


def _text(value: Any) -> Optional[str]:
    # Some vendors' model names are members of an enumeration.
    value = value.value if isinstance(value, enum.Enum) else value
    return value if isinstance(value, str) and value else None


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _count(value: Any, *names: str) -> Optional[int]:
    for name in names:
        count = _field(value, name)
        if isinstance(count, (int, float)) and not isinstance(count, bool) and 0 <= count <= MAX_TOKENS:
            return int(count)
    return None


def _sum(*counts: Optional[int]) -> Optional[int]:
    """None if the first is: what is not known is not zero."""
    return None if counts[0] is None else sum(count or 0 for count in counts)


class _Message:
    """One of a model's answers to a request; most requests ask for one."""

    def __init__(self) -> None:
        self.content: list[str] = []
        self.reasoning: list[str] = []
        self.tool_calls: dict[int, _Json] = {}

    def is_empty(self) -> bool:
        return not (self.content or self.reasoning or self.tool_calls)

    def to_json(self) -> _Json:
        message: _Json = {"role": "assistant", "content": "".join(self.content) or None}
        if self.reasoning:
            message["reasoning_content"] = "".join(self.reasoning)
        if self.tool_calls:
            message["tool_calls"] = [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": "".join(call["arguments"]) or "{}"},
                }
                for _, call in sorted(self.tool_calls.items())
            ]
        return message


class _Answer:
    """What a result says, or the items of a stream together, in whichever of the known shapes they come."""

    def __init__(self) -> None:
        self.model: Optional[str] = None
        self.provider: Optional[str] = None
        self.operation: Optional[str] = None
        self._usage: _Json = {}
        #: Counts of Anthropic's events, of which the largest is the last.
        self._counts: dict[str, int] = {}
        self._messages: dict[int, _Message] = {}
        self._others: list[Any] = []
        self._room = _Room(MAX_TEXT_LENGTH)

    def take(self, value: Any, *, is_whole: bool) -> None:
        if isinstance(value, str):
            self._add(self._message(0).content, value)
            return
        kind = _text(_field(value, "type")) or ""
        shape = _text(_field(value, "object")) or ""
        if kind == "message" and _field(value, "usage") is not None:
            self._take_anthropic_message(value, is_final=True)
        elif kind in _ANTHROPIC_EVENTS:
            self._take_anthropic_event(kind, value)
        elif shape == "response" or kind.startswith("response."):
            self._take_openai_response(kind, value)
        elif _items(_field(value, "choices")) or shape.startswith("chat.completion"):
            self._take_openai_chat(value)
        elif _field(next(iter(_items(_field(value, "data"))), None), "embedding") is not None:
            self._take_openai_embeddings(value)
        else:
            self._take_plain(value, is_whole)

    def response(self) -> Any:
        """One answer that is text alone as text, others as messages in OpenAI's shape, other items as they are."""
        messages = [message for _, message in sorted(self._messages.items()) if not message.is_empty()]
        if not messages:
            return self._others[0] if len(self._others) == 1 else self._others or None
        only = messages[0]
        if len(messages) > 1 or only.reasoning or only.tool_calls:
            return [*(message.to_json() for message in messages), *self._others]
        return ["".join(only.content), *self._others] if self._others else "".join(only.content)

    def usage(self) -> _Json:
        return self._usage

    # OpenAI's chat completions and completions; a chunk of a stream and a whole answer differ in one name.
    def _take_openai_chat(self, chunk: Any) -> None:
        self._take_head(chunk, "chat")
        usage = _field(chunk, "usage")
        if usage is not None:  # In a stream it comes with the last chunk, which has no choices.
            self._usage = _read_usage(usage)
        for choice in _items(_field(chunk, "choices")):
            message = _field(choice, "delta") or _field(choice, "message") or choice
            draft = self._message(_count(choice, "index") or 0)
            self._add(draft.content, _content_text(_field(message, "content")))
            self._add(draft.content, _text(_field(message, "refusal")) or _text(_field(choice, "text")))
            reasoning = _field(message, "reasoning_content") or _field(message, "reasoning")
            self._add(draft.reasoning, _text(reasoning))
            for position, call in enumerate(_items(_field(message, "tool_calls"))):
                index = _count(call, "index")
                function = _field(call, "function")
                self._add_tool_call(
                    draft,
                    position if index is None else index,
                    _field(call, "id"),
                    _field(function, "name"),
                    _field(function, "arguments"),
                )

    # OpenAI's responses; the last event of a stream repeats the whole answer.
    def _take_openai_response(self, kind: str, event: Any) -> None:
        draft = self._message(0)
        delta = _text(_field(event, "delta"))
        position = _count(event, "output_index") or 0
        response = _field(event, "response") if kind else event
        if response is not None:
            self._take_head(response, "chat")
            if _field(response, "usage") is not None:
                self._usage = _read_usage(_field(response, "usage"))
            output = _items(_field(response, "output"))
            if output:
                self._messages.clear()
                self._room = _Room(MAX_TEXT_LENGTH)
            for index, item in enumerate(output):
                self._take_output_item(item, index)
        elif kind in ("response.output_text.delta", "response.refusal.delta"):
            self._add(draft.content, delta)
        elif kind in ("response.reasoning_text.delta", "response.reasoning_summary_text.delta"):
            self._add(draft.reasoning, delta)
        elif kind == "response.output_item.added":
            item = _field(event, "item")
            if _field(item, "type") == "function_call":
                self._add_tool_call(draft, position, _field(item, "call_id"), _field(item, "name"), None)
        elif kind == "response.function_call_arguments.delta":
            self._add_tool_call(draft, position, None, None, delta)

    def _take_output_item(self, item: Any, position: int) -> None:
        draft = self._message(0)
        kind = _field(item, "type")
        if kind == "function_call":
            arguments = _field(item, "arguments")
            self._add_tool_call(draft, position, _field(item, "call_id"), _field(item, "name"), arguments)
        elif kind == "message":
            for part in _items(_field(item, "content")):
                self._add(draft.content, _text(_field(part, "text")) or _text(_field(part, "refusal")))
        elif kind == "reasoning":
            for part in (*_items(_field(item, "summary")), *_items(_field(item, "content"))):
                self._add(draft.reasoning, _text(_field(part, "text")))

    def _take_openai_embeddings(self, value: Any) -> None:
        self._take_head(value, "embeddings")
        self._usage = _read_usage(_field(value, "usage"))
        data = _items(_field(value, "data"))
        first = _field(data[0], "embedding")
        self._others.append({"embeddings": len(data), "dimensions": len(first) if isinstance(first, list) else None})

    # Anthropic's messages.
    def _take_anthropic_message(self, message: Any, *, is_final: bool) -> None:
        self._take_head(message, "chat")
        self.provider = self.provider or "anthropic"
        for position, block in enumerate(_items(_field(message, "content"))):
            self._take_block(block, position)
        self._take_counts(_field(message, "usage"), is_final=is_final)

    def _take_anthropic_event(self, kind: str, event: Any) -> None:
        position = _count(event, "index") or 0
        if kind == "message_start":
            # What it says of the output is where the count begins.
            self._take_anthropic_message(_field(event, "message"), is_final=False)
        elif kind == "content_block_start":
            self._take_block(_field(event, "content_block"), position)
        elif kind == "content_block_delta":
            delta = _field(event, "delta")
            draft = self._message(0)
            self._add(draft.content, _text(_field(delta, "text")))
            self._add(draft.reasoning, _text(_field(delta, "thinking")))
            arguments = _text(_field(delta, "partial_json"))
            if arguments:
                self._add_tool_call(draft, position, None, None, arguments)
        elif kind == "message_delta":
            self._take_counts(_field(event, "usage"), is_final=True)

    def _take_block(self, block: Any, position: int) -> None:
        draft = self._message(0)
        if _field(block, "type") in ("tool_use", "server_tool_use", "mcp_tool_use"):
            arguments = _field(block, "input")
            text = json.dumps(_snapshot(arguments), ensure_ascii=False) if arguments else None
            self._add_tool_call(draft, position, _field(block, "id"), _field(block, "name"), text)
            return
        self._add(draft.content, _text(_field(block, "text")))
        self._add(draft.reasoning, _text(_field(block, "thinking")))

    def _take_counts(self, usage: Any, *, is_final: bool) -> None:
        names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
        for name in names if is_final else names[:-1]:
            count = _count(usage, name)
            if count is not None:
                self._counts[name] = max(count, self._counts.get(name, 0))
        self._usage = _read_usage(self._counts)

    def _take_plain(self, value: Any, is_whole: bool) -> None:
        """A dict or an object of the app's own; what names a model or usage is a model's answer."""
        model = _text(_field(value, "model"))
        usage = _read_usage(_field(value, "usage")) or _read_usage(value)
        if model or usage:
            self.model = model or self.model
            self.provider = _text(_field(value, "provider")) or self.provider
            self._usage = usage or self._usage
            text = next((_content_text(found) for found in (_field(value, n) for n in _TEXT_NAMES) if found), "")
            if text or not is_whole:
                self._add(self._message(0).content, text)
                return
        if value is not None and self._room.left > 0:
            self._others.append(_snapshot(value, self._room))

    def _take_head(self, value: Any, operation: str) -> None:
        self.model = _text(_field(value, "model")) or self.model
        self.operation = operation

    def _message(self, index: int) -> _Message:
        return self._messages.setdefault(index, _Message())

    def _add(self, parts: list[str], text: Optional[str]) -> None:
        if text and self._room.left > 0:
            parts.append(self._room.cut(text))

    def _add_tool_call(self, message: _Message, position: int, id: Any, name: Any, arguments: Any) -> None:
        """Its id and name come once, its arguments in pieces."""
        call = message.tool_calls.setdefault(position, {"id": None, "name": None, "arguments": []})
        call["id"] = _text(id) or call["id"]
        call["name"] = _text(name) or call["name"]
        self._add(call["arguments"], _text(arguments))


_ANTHROPIC_EVENTS = frozenset(
    f"{part}_{moment}" for part in ("message", "content_block") for moment in ("start", "delta", "stop")
)


def _content_text(content: Any) -> str:
    """Text, or a list of parts that have it."""
    if isinstance(content, str):
        return content
    return "".join(_text(_field(part, "text")) or "" for part in _items(content))


def _read_usage(usage: Any) -> _Json:
    """Token counts under the names of OpenAI, of Anthropic, or of the console; empty if there are none."""
    input_details = _field(usage, "prompt_tokens_details") or _field(usage, "input_tokens_details")
    output_details = _field(usage, "completion_tokens_details") or _field(usage, "output_tokens_details")
    cache_read = _count(usage, "cache_read_input_tokens")
    cache_write = _count(usage, "cache_creation_input_tokens")
    # Anthropic counts what was cached beside the input; the console counts it inside.
    input_tokens = _sum(
        _count(usage, "prompt_tokens", "input_tokens", "inputTokens", "promptTokens"), cache_read, cache_write
    )
    output_tokens = _count(usage, "completion_tokens", "output_tokens", "outputTokens", "completionTokens")
    total_tokens = _count(usage, "total_tokens", "totalTokens")
    if total_tokens is None and output_tokens is not None:
        total_tokens = _sum(input_tokens, output_tokens)
    cached = _count(input_details, "cached_tokens")
    if cached is None:
        cached = _count(usage, "prompt_cache_hit_tokens", "cached_input_tokens", "cachedInputTokens")
    written = _count(input_details, "cache_write_tokens", "cache_creation_input_tokens")
    if written is None:
        written = _count(usage, "cache_write_tokens", "cacheWriteTokens")
    reasoning = _count(output_details, "reasoning_tokens")
    if reasoning is None:
        reasoning = _count(usage, "reasoning_tokens", "reasoningTokens")
    counts = {
        "inputTokens": input_tokens,
        "outputTokens": output_tokens,
        "totalTokens": total_tokens,
        "cachedInputTokens": cached if cache_read is None else cache_read,
        "cacheWriteTokens": written if cache_write is None else cache_write,
        "reasoningTokens": reasoning,
    }
    return {name: count for name, count in counts.items() if count is not None}


# ---------------------------------------------------------------------------------------------------------------------
# Text that is safe to send


class _Room:
    """How much text may still be kept."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.left = length

    def cut(self, text: str) -> str:
        """The text, or its beginning and a mark."""
        if len(text) <= self.left:
            self.left -= len(text)
            return text
        mark = f"…[truncated, {len(text)} characters]"
        kept = text[: max(0, self.left - len(mark))]
        self.left = 0
        return kept + mark


def _snapshot(value: Any, room: Optional[_Room] = None) -> Any:
    """A copy of any value that is JSON, of bounded size; what is circular, too deep or no data becomes text."""
    try:
        return _plain(value, room or _Room(MAX_TEXT_LENGTH), [])
    except Exception:
        return _class_name(value)


def _plain(value: Any, room: _Room, above: list[Any]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, str):
        return room.cut(str(value))
    if isinstance(value, (int, float)):
        room.left -= 8
        return value if math.isfinite(value) and abs(value) < 2**63 else room.cut(repr(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    if any(value is outer for outer in above):
        return "[circular]"
    if len(above) >= MAX_DEPTH:
        return "[too deep]"
    above.append(value)
    try:
        return _plain_object(value, room, above)
    finally:
        above.pop()


def _plain_object(value: Any, room: _Room, above: list[Any]) -> Any:
    if isinstance(value, Mapping):
        copy: _Json = {}
        for key, item in value.items():
            if room.left <= 0:
                copy["…"] = "[truncated]"
                break
            name = room.cut(str(key))
            is_secret = isinstance(item, str) and _SECRET_NAME.search(name)
            copy[name] = "[redacted]" if is_secret else _plain(item, room, above)
            room.left -= 4
        return copy
    if isinstance(value, (list, tuple, Set, deque)):
        items = []
        for item in value:
            if room.left <= 0:
                items.append("[truncated]")
                break
            items.append(_plain(item, room, above))
            room.left -= 2
        return items
    if isinstance(value, type):
        return _class_name(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        return _plain_object(fields, room, above)
    # Pydantic's models, which the vendors' libraries are made of.
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        dumped = dump()
        if isinstance(dumped, Mapping):
            return _plain_object(dumped, room, above)
    return room.cut(str(value))


def _class_name(value: Any) -> str:
    named = value if isinstance(value, type) else type(value)
    return f"<{named.__module__}.{named.__qualname__}>"


def _describe_error(error: BaseException) -> _Json:
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"status": "error", "errorType": type(error).__name__, "errorMessage": _snapshot(message)}


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) and math.isfinite(value) else 0.0


def _epoch_ms(seconds: float) -> int:
    return int(seconds * 1000)


def _new_request_id() -> str:
    """A UUID of version 7 (RFC 9562): ids of later calls sort later."""
    value = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_NAMES = frozenset(
    ("id", "requestId", "app", "appType", "environment", "userId", "sessionId", "operation", "provider", "model")
    + ("requestModel", "errorType")
)


def _submit(call: _Json) -> None:
    """Queues a record."""
    settings = _settings()
    if not settings.disabled:
        _sender.put(_Item(_CALLS_PATH, _to_json({"app": settings.app, **_tidy(call)})))


def _tidy(fields: _Json) -> _Json:
    """What is given, within the limits of the console."""
    tidy: _Json = {}
    for name, value in fields.items():
        if value is None:
            continue
        if name in _NAMES:
            tidy[name] = str(value)[:MAX_NAME_LENGTH]
        elif name == "tags":
            tidy[name] = [str(tag)[:MAX_NAME_LENGTH] for tag in list(value)[:MAX_TAGS]]
        elif name == "attributes" and isinstance(value, Mapping):
            tidy[name] = _snapshot(dict(list(value.items())[:MAX_ATTRIBUTES]))
        else:
            tidy[name] = _snapshot(value)
    return tidy


def _cut_comment(comment: str) -> str:
    # The console counts in UTF-16, as JavaScript does.
    units = comment.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MAX_COMMENT_LENGTH:
        return comment
    return units[: 2 * (MAX_COMMENT_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _to_json(value: _Json) -> bytes:
    # Halves of surrogate pairs are not UTF-8.
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


# ---------------------------------------------------------------------------------------------------------------------
# Sending


class _Outcome(NamedTuple):
    #: HTTP status; 0: no answer came.
    status: int
    body: bytes = b""
    retry_after_s: float = 0.0


_NO_ANSWER = 0


_CALLS_PATH = "/v1/app-logs"
_FEEDBACK_PATH = "/v1/feedback"


class _Item(NamedTuple):
    path: str
    body: bytes


class _Sender:
    """A bounded queue and the daemon thread that empties it. Items settle in the order they were queued in."""

    def __init__(self) -> None:
        # Reentrant, because the garbage collector may end a stream, and so record a call, at any point of this class.
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[_Item] = deque()
        self._queued_bytes = 0
        self._put = 0
        self._settled = 0
        self._sent = 0
        self._dropped = 0
        self._failed = 0
        #: What was put up to here is sent without waiting for a fuller batch.
        self._flush_target = 0
        #: Counts flushes: each ends the pause before a retry.
        self._flushes = 0
        self._is_exiting = False
        self._thread: Optional[threading.Thread] = None
        self._warned: set[int] = set()

    def put(self, item: _Item) -> None:
        with self._changed:
            is_full = self._put - self._settled >= MAX_QUEUED_RECORDS
            if is_full or self._queued_bytes + len(item.body) > MAX_QUEUED_BYTES or not self._ensure_thread():
                self._dropped += 1
                return
            self._queue.append(item)
            self._queued_bytes += len(item.body)
            self._put += 1
            if len(self._queue) == 1 or self._is_batch_full():
                self._changed.notify_all()

    def stats(self) -> Stats:
        with self._changed:
            return Stats(self._sent, self._dropped, self._failed, self._put - self._settled)

    def flush(self, timeout_s: float) -> bool:
        with self._changed:
            target = self._flush_target = self._put
            self._flushes += 1
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= target, max(0.0, timeout_s))

    def flush_at_exit(self) -> None:
        """What the console does not take now is given up: one that is not there must not hold up every script."""
        with self._changed:
            self._is_exiting = True
        self.flush(EXIT_FLUSH_S)

    def _ensure_thread(self) -> bool:
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._run, name="app-log-sender", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # The interpreter is shutting down.
                return False
            self._thread = thread
            _flush_at_worker_exit()
        return True

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            sent = 0
            try:
                sent = self._deliver(batch)
            except Exception as error:
                # An address or a token that cannot be used; the text of the error might repeat it.
                self._warn_once(_NO_ANSWER, f"Records cannot be sent ({type(error).__name__}).")
            with self._changed:
                self._sent += sent
                self._failed += len(batch) - sent
                self._settled += len(batch)
                self._queued_bytes -= sum(len(item.body) for item in batch)
                self._changed.notify_all()

    def _next_batch(self) -> list[_Item]:
        """Waits for a first item and, unless a flush is under way, for more to share its request."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue)
            self._changed.wait_for(self._is_batch_due, BATCH_DELAY_S)
            batch = [self._queue.popleft()]
            size = len(batch[0].body)
            # Feedback goes alone.
            while self._queue and len(batch) < MAX_BATCH_RECORDS and batch[0].path == self._queue[0].path == _CALLS_PATH:
                size += len(self._queue[0].body)
                if size > MAX_BATCH_BYTES:
                    break
                batch.append(self._queue.popleft())
            return batch

    def _is_batch_due(self) -> bool:
        is_alone = self._queue[0].path == _FEEDBACK_PATH
        return is_alone or self._is_batch_full() or self._settled < self._flush_target

    def _is_batch_full(self) -> bool:
        return len(self._queue) >= MAX_BATCH_RECORDS or self._queued_bytes >= MAX_BATCH_BYTES

    def _deliver(self, batch: list[_Item]) -> int:
        """Sends until the console has answered for good, the same bytes and so the same ids each time.

        :returns: how many records it has stored.
        """
        path = batch[0].path
        body = batch[0].body if path == _FEEDBACK_PATH else b"[" + b",".join(item.body for item in batch) + b"]"
        for attempt in range(MAX_ATTEMPTS):
            flushes = self._flushes
            outcome = _post(path, body)
            if not _is_retryable(outcome.status):
                return self._count_stored(outcome, path, len(batch))
            if attempt + 1 == MAX_ATTEMPTS or (self._is_exiting and outcome.status == _NO_ANSWER):
                break
            with self._changed:
                if outcome.retry_after_s > 0:
                    self._changed.wait_for(lambda: False, outcome.retry_after_s)
                else:
                    pause_s = min(RETRY_MAX_S, RETRY_BASE_S * 2**attempt) * random.uniform(0.5, 1.0)
                    self._changed.wait_for(lambda: self._flushes != flushes, pause_s)
        return 0

    def _count_stored(self, outcome: _Outcome, path: str, count: int) -> int:
        hint = " Check LLMOPS_URL and LLMOPS_TOKEN."
        stored = 0
        if outcome.status == 400 or 200 <= outcome.status < 300:
            with contextlib.suppress(ValueError, TypeError, LookupError):
                answer = json.loads(outcome.body)
                if path == _FEEDBACK_PATH:
                    stored = int("id" in answer)
                    problems = [] if stored else answer["error"]["details"]
                else:
                    stored = min(count, int(answer["accepted"]) + int(answer["duplicates"]))
                    problems = answer["errors"]
                problem = problems[0] if problems else {"path": "", "reason": ""}
                # The console's words about a field: nothing of a record is in them.
                hint = f" {problem['path']} {problem['reason']}."
        if stored < count:
            self._warn_once(outcome.status, f"LLMOps Console answered {outcome.status}: records are not stored.{hint}")
        return stored

    def _warn_once(self, status: int, message: str) -> None:
        if status not in self._warned:
            self._warned.add(status)
            _logger.warning(message)


def _post(path: str, body: bytes) -> _Outcome:
    """One request. The system's proxies are not used, and redirects not followed: the console is on this machine."""
    settings = _settings()
    url = urllib.parse.urlsplit(settings.url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("LLMOPS_URL must be an http address")
    connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    connection = connect(url.hostname, url.port, timeout=REQUEST_TIMEOUT_S)
    try:
        connection.request("POST", url.path.rstrip("/") + path, body, headers)
        response = connection.getresponse()
        retry_after_s = _read_retry_after(response.getheader("Retry-After"))
        return _Outcome(response.status, response.read(MAX_ANSWER_BYTES), retry_after_s)
    except (OSError, http.client.HTTPException):
        return _Outcome(_NO_ANSWER)
    finally:
        connection.close()


def _is_retryable(status: int) -> bool:
    """Calls are stored once however often they are sent."""
    return status in (_NO_ANSWER, 408, 429) or status >= 500


def _read_retry_after(header: Optional[str]) -> float:
    """Seconds, or a date; 0 if there is none that can be read."""
    try:
        pause_s = float(header or 0)
    except ValueError:
        try:
            pause_s = email.utils.parsedate_to_datetime(header or "").timestamp() - time.time()
        except (TypeError, ValueError):
            return 0.0
    return min(max(pause_s, 0.0), RETRY_AFTER_MAX_S) if math.isfinite(pause_s) else 0.0


_sender = _Sender()


def _flush_at_exit() -> None:
    with contextlib.suppress(Exception):
        _sender.flush_at_exit()


def _flush_at_worker_exit() -> None:
    """Processes of `multiprocessing` end without the functions of `atexit`."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None and multiprocessing.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, _flush_at_exit, exitpriority=0)


def _start_anew_after_fork() -> None:
    """The parent sends what it has queued; its thread and its locks do not live on in the child."""
    global _sender
    _sender = _Sender()


atexit.register(_flush_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew_after_fork)
