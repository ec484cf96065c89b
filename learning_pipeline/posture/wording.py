"""What a bot's log says of flags."""

from __future__ import annotations

from learning_pipeline.posture.steer import Steered


def ae_v2_line(found: Steered, pattern_key: str | None) -> str:
    """A and E of the flags, and what each flag added; a dash where the settings give it no delta.

    >>> told = Steered(0.7, 0.4, 0.45, 0.65, 0.45, flags={"trend": (0.15, -0.05), "new": None}, ae_v2=True)
    >>> ae_v2_line(told, "p")
    'AE_V2: pattern=p | flags={trend:+0.15/-0.05,new:-} | a=0.65 | e=0.45 | a_steered=0.7 | e_steered=0.4'
    """
    added = {name: "-" if delta is None else f"{delta[0]:+g}/{delta[1]:+g}" for name, delta in found.flags.items()}
    flags = ",".join(f"{name}:{delta}" for name, delta in added.items())
    numbers = {"a": found.base_a, "e": found.base_e, "a_steered": found.a, "e_steered": found.e}
    words = [f"{name}={x:.6g}" for name, x in numbers.items()]
    return "AE_V2: " + " | ".join([f"pattern={pattern_key or '-'}", f"flags={{{flags}}}", *words])
