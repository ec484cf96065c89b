"""The gate of rollouts: gathers the facts, asks the rules, opens the door to the pointer. Knows no Dagster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

from learning_pipeline.contracts import Settings
from learning_pipeline.defs.due import NEWEST
from learning_pipeline.defs.rollout_evidence import Evidence
from learning_pipeline.errors import Refused, RolloutDenied
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.rollout.binding import binding
from learning_pipeline.rollout.facts import Circumstances, Facts
from learning_pipeline.rollout.reason import Reason, same_person
from learning_pipeline.rollout.rollback import NONE, rollback_to, why_not_back
from learning_pipeline.rollout.rules import why_not, why_not_approvable
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.rollout.wording import denied_entry, moved_entry
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.learning_log import write_entries
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.rollout_answers import RolloutAnswers
from learning_pipeline.stores.rollout_events import tell_moves
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline.stores.rollout_moves import Back, Look, RolloutMoves
from learning_pipeline.stores.rollouts import Deployment, Rollouts, Row, named_target

NO_DATA = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The data's clock before there are any data."""

Stands = dict[str, Deployment]


class Waiting(NamedTuple):
    """An open request, and why it has not been moved; ``key`` changes whenever that does."""

    request: Row
    approval: Row | None
    why: list[Reason]

    @property
    def key(self) -> str:
        """What the request is tried on."""
        approval_id = (self.approval or {}).get("approval_id", "")
        return ":".join([self.request["request_id"], approval_id, *sorted(reason.code for reason in self.why)])


class Gate:
    """Who asks, who answers, and what is moved, in one data root.

    Parameters
    ----------
    settings : mapping
        Settings of every room.
    evidence : Evidence
        Packs, shadow scores and drift alarms.
    """

    def __init__(self, home: Home, settings: Mapping[str, Settings], evidence: Evidence | None = None) -> None:
        self._home, self._evidence = home, evidence or Evidence(home, Lake(home.lake))
        self._models = cast("ModelsSettings", settings["models"])
        self._rollout = cast("RolloutSettings", settings["rollout"])
        self._answers, self._rollouts = RolloutAnswers(home), Rollouts(home)

    def ask(self, target: str, artifact_id: str, to_state: str, by: str, reason: str | None, now: dt.datetime) -> Row:
        """Ask for a move; the request. Refused where LEARN_ENABLE is false."""
        self._require_enabled()
        return self._answers.ask(named_target(target), artifact_id, to_state, by, reason, now)

    def approve(self, request_id: str, by: str, reason: str | None, now: dt.datetime) -> Row:
        """Say yes to what a request would move now, as another person; the approval with what it is bound to.

        Raises
        ------
        RolloutDenied
            The person is the one who asked, or there is nothing yet that a yes could be bound to.
        """
        self._require_enabled()
        circumstances = self._circumstances(request_id, now)
        until = now + dt.timedelta(hours=self._rollout.approval_hours)

        def judge(held: Held) -> list[Reason]:
            asked = held.request["requested_by"]
            own = [Reason("approver_is_requester", f"{by.strip()} asked for it: another person must approve")]
            none = [Reason("approval_not_needed", "a shadow takes none")]
            faults = own if same_person(by, asked) else none if held.request["to_state"] != "active" else []
            return [*faults, *why_not_approvable(_facts(held, circumstances))]

        return self._answers.approve(
            request_id, by, reason, now, until, judge, lambda held: binding(_facts(held, circumstances))
        )

    def deny(self, request_id: str, by: str, reason: str, now: dt.datetime) -> Row:
        """Say no: the request is over."""
        circumstances = self._circumstances(request_id, now)
        return self._answers.deny(request_id, by, reason, now, lambda held: binding(_facts(held, circumstances)))

    def move(self, request_id: str, actor: str, now: dt.datetime, *, once: bool = False) -> Stands:
        """Move what a request asks for, if all that it takes is there; what stands then. As `RolloutMoves.move`."""
        circumstances = self._circumstances(request_id, now)
        asked = self._rollouts.request(request_id)
        return _told(
            self._home,
            asked["to_state"],
            actor,
            asked["target"],
            lambda: RolloutMoves(self._home).move(
                request_id,
                actor,
                now,
                circumstances.data_now,
                lambda held: why_not(_facts(held, circumstances)),
                once=once,
            ),
        )

    def waiting(self, now: dt.datetime) -> list[Waiting]:
        """Open requests, each with every reason why it cannot be moved now."""
        opened = [row["request_id"] for row in self._rollouts.requests() if row["state"] == "open"]
        return [self._waiting(request_id, now) for request_id in opened]

    def due(self, now: dt.datetime) -> list[Waiting]:
        """Those that the job is to try: nothing is missing, or a fault that does not pass is not in the audit yet."""
        return [each for each in self.waiting(now) if self._is_due(each)]

    def _is_due(self, each: Waiting) -> bool:
        if each.request["to_state"] == "active" and each.approval is None:
            return False
        if not each.why:
            return True
        faults = sorted({reason.code for reason in each.why})
        is_new = self._rollouts.denied_last(each.request["request_id"]) != faults
        return is_new and any(not reason.may_pass for reason in each.why)

    def _waiting(self, request_id: str, now: dt.datetime) -> Waiting:
        held = self._answers.look(request_id)
        return Waiting(held.request, held.approval, why_not(_facts(held, self._circumstances(request_id, now))))

    def _circumstances(self, request_id: str, now: dt.datetime) -> Circumstances:
        held, newest = self._answers.look(request_id), data_now(self._home)
        policies = self._evidence.policies(self._models.eval_packs, held.artifact)
        scored_at, alarms = self._evidence.in_shadow(held, newest)
        return Circumstances(self._rollout, self._models, policies, scored_at, alarms, now, newest)

    def _require_enabled(self) -> None:
        if not self._models.enable:
            raise Refused("LEARN_ENABLE is false: nothing is rolled out; `rollback` works all the same")


def roll_back(home: Home, target: str, by: str, reason: str, to: str | None, now: dt.datetime) -> Stands:
    """Back to an earlier artifact, the one before by default, or to ``none``; what stands then. As `RolloutMoves`.

    It asks no setting, no evaluation and no service: what is wrong with those must not keep a bad model active.
    """

    def choose(history: Sequence[Deployment], standing: Stands, look: Look) -> Back:
        chosen = rollback_to(history, standing, to)
        named = None if chosen in {None, NONE} else chosen
        artifact, sha256 = look(named) if named else (None, None)
        return Back(named, why_not_back(history, standing, chosen, artifact, sha256))

    def attempt() -> Stands:
        return RolloutMoves(home).roll_back(named_target(target), by, reason, now, data_now(home), choose)

    return _told(home, "rollback", by.strip(), target, attempt)


def data_now(home: Home) -> dt.datetime:
    """Newest instant of the data."""
    newest = Ledger(home.ledger).mark(NEWEST)
    return dt.datetime.fromisoformat(newest) if newest else NO_DATA


def _told(home: Home, action: str, actor: str, target: str, attempt: Callable[[], Stands]) -> Stands:
    """Make an attempt, and tell of it in the log and the outbox."""
    try:
        stands = attempt()
    except RolloutDenied as e:
        write_entries(home.learning_log, [denied_entry(action, actor, target, str(e))])
        raise
    write_entries(home.learning_log, [moved_entry(action, actor, target, stands)])
    tell_moves(home)
    return stands


def _facts(held: Held, circumstances: Circumstances) -> Facts:
    return Facts(*held, circumstances=circumstances)
