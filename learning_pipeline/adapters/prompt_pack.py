"""Prompt packs: what a language model is told, as a versioned file with a digest."""

from __future__ import annotations

import hashlib
import importlib.resources
import tomllib
from typing import NamedTuple


class PromptPack(NamedTuple):
    """A pack's name, version, text, and the SHA-256 of its file."""

    name: str
    version: str
    system: str
    sha256: str


def prompt_pack(name: str) -> PromptPack:
    """A pack that ships with the project.

    >>> prompt_pack("judge_research").version
    '1.0.0'
    """
    content = (importlib.resources.files("learning_pipeline.adapters") / f"{name}.toml").read_bytes()
    told = tomllib.loads(content.decode())
    return PromptPack(told["name"], told["version"], told["system"].strip(), hashlib.sha256(content).hexdigest())
