"""A language model as judge, through the OpenAI-compatible protocol; its answer is untrusted text, parsed strictly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.adapters.prompt_pack import prompt_pack
from learning_pipeline.errors import JudgeFailed
from learning_pipeline.playbooks.judge.action import JudgeAction, fault
from learning_pipeline.playbooks.judge.facts import Facts, PlaybookFacts
from learning_pipeline.playbooks.settings import PlaybooksSettings

MOST_ACTIONS = 16
MOST_BYTES = 262_144
MOST_NOTES = 4000
TOLD = ["status", "n_trades", "n_effective", "win_rate", "avg_r", "median_bars_to_outcome", "ci_low", "ci_high"]
TOLD += ["split_feature", "split_at", "win_rate_high", "n_high", "win_rate_low", "n_low"]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    actions: list[JudgeAction] = Field(max_length=MOST_ACTIONS)


class ChatJudge:
    """A judge that asks a language model.

    Parameters
    ----------
    settings : PlaybooksSettings
        Address, model, timeout and retries.
    key : str
        The API's key; empty for a server that wants none.
    """

    def __init__(self, settings: PlaybooksSettings, key: str) -> None:
        self._settings, self._key, self._pack = settings, key, prompt_pack("judge_research")

    @property
    def name(self) -> str:
        """The model, and which prompt it was given."""
        return f"{self._settings.judge_chat_model} ({self._pack.name} {self._pack.version})"

    def judge(self, facts: Facts) -> list[JudgeAction]:
        """What the model asks for.

        Raises
        ------
        JudgeFailed
            No answer in time, or none that is what was asked for.
        """
        return parsed(_content(self._asked(json.dumps(told(facts), ensure_ascii=False))))

    def _asked(self, question: str) -> bytes:
        """The body of the server's answer."""
        settings = self._settings
        openai = _client_library()
        with _failures_in_words(openai):
            client = openai.OpenAI(
                base_url=settings.judge_chat_url,
                api_key=self._key or "none",
                timeout=settings.judge_chat_timeout_seconds,
                max_retries=settings.judge_chat_retries,
                http_client=openai.DefaultHttpxClient(follow_redirects=False),
            )
            words = [{"role": "system", "content": self._pack.system}, {"role": "user", "content": question}]
            how = {"temperature": 0, "response_format": {"type": "json_object"}}
            asking = client.chat.completions.with_streaming_response
            with client, asking.create(model=settings.judge_chat_model, messages=words, **how) as response:
                return _bounded(response.iter_bytes(), time.monotonic() + settings.judge_chat_timeout_seconds)


def told(facts: Facts) -> dict[str, Any]:
    """Facts as the model is shown them: values that JSON holds."""
    playbooks = [_told(one) for one in facts.playbooks]
    return {"as_of": facts.as_of.isoformat(), "no_experiment_now_because": facts.no_research, "playbooks": playbooks}


def parsed(content: str) -> list[JudgeAction]:
    """Actions of an answer.

    Raises
    ------
    JudgeFailed
        It is no JSON, or not what was asked for: all of it is refused.
    """
    try:
        json.loads(content)
    except (ValueError, RecursionError) as e:
        raise JudgeFailed("E_JUDGE_NOT_JSON", f"expected one JSON object, found {content[:80]!r}") from e
    try:
        return _Answer.model_validate_json(content).actions
    except pydantic.ValidationError as e:
        raise JudgeFailed("E_JUDGE_SCHEMA", fault(e)) from e


def _told(one: PlaybookFacts) -> dict[str, Any]:
    return {
        **one.claim.model_dump(include={"playbook_id", "metric", "threshold", "min_sample_size", "hypothesis"}),
        "evidence": {name: one.validation[name] for name in TOLD},
        "main_budget": one.main._asdict(),
        "is_under_test": one.is_under_test,
        "notes": one.notes[:MOST_NOTES],
    }


def _content(body: bytes) -> str:
    """The model's words in the server's answer."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as e:
        raise JudgeFailed("E_JUDGE_NOT_JSON", f"expected a chat completion, found {body[:80]!r}") from e
    if not isinstance(content, str):
        raise JudgeFailed("E_JUDGE_SCHEMA", "expected words, found none: the model may have refused")
    return content


def _bounded(chunks: Iterable[bytes], until: float) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MOST_BYTES:
            raise JudgeFailed("E_JUDGE_TOO_LONG", f"expected at most {MOST_BYTES:,} bytes")
        if time.monotonic() > until:
            raise JudgeFailed("E_JUDGE_TIMEOUT", "the answer did not end in time")
    return bytes(body)


def _client_library() -> Any:
    try:
        import openai  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as e:
        raise JudgeFailed("E_JUDGE_NOT_INSTALLED", "install learning-pipeline[judge], or empty judge_chat_url") from e
    return openai


@contextmanager
def _failures_in_words(openai: Any) -> Iterator[None]:
    try:
        yield
    except openai.APITimeoutError as e:
        raise JudgeFailed("E_JUDGE_TIMEOUT", "no answer in time") from e
    except openai.APIStatusError as e:
        raise JudgeFailed("E_JUDGE_HTTP", f"the server said {e.status_code}") from e
    except openai.APIConnectionError as e:
        raise JudgeFailed("E_JUDGE_UNREACHABLE", " ".join(str(e).split())) from e
    except openai.OpenAIError as e:
        raise JudgeFailed("E_JUDGE_HTTP", " ".join(str(e).split())[:200]) from e
