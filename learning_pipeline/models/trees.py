"""Boosted trees in XGBoost's JSON, checked before use and walked with NumPy.

No native code reads the file: bytes that are not a booster are refused in words, and a score needs no XGBoost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

ROOT = 2**31 - 1
"""What XGBoost writes as the parent of a root."""

LARGEST = float(np.finfo(np.float32).max)
Floats = tuple[float, ...]
Indices = tuple[int, ...]


class Tree(BaseModel):
    """One tree as XGBoost writes it; every array has one value per node, node 0 is the root.

    Where ``left_children`` is -1 the node is a leaf and ``split_conditions`` holds its value (log odds). Else rows
    whose feature ``split_indices`` is below ``split_conditions`` go left, unknown values as ``default_left`` says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    base_weights: Floats
    categories: tuple[()]
    categories_nodes: tuple[()]
    categories_segments: tuple[()]
    categories_sizes: tuple[()]
    default_left: Indices
    id: int
    left_children: Indices = Field(min_length=1)
    loss_changes: Floats
    parents: Indices
    right_children: Indices
    split_conditions: Floats
    split_indices: Indices
    split_type: Indices
    sum_hessian: Floats
    tree_param: dict[str, str]

    def problem(self, n_features: int) -> str | None:
        """Why this is no tree over so many features; None where it is one."""
        n = len(self.left_children)
        arrays = (self.right_children, self.parents, self.split_conditions, self.split_indices, self.default_left)
        if any(len(values) != n for values in (*arrays, self.split_type, self.loss_changes)):
            return "its arrays differ in length"
        if any(self.split_type) or not set(self.default_left) <= {0, 1}:
            return "it splits otherwise than by size"
        if not all(-LARGEST <= limit <= LARGEST for limit in self.split_conditions):
            return "it splits at a number that no feature can have"
        if not all(0 <= feature < n_features for feature in self.split_indices):
            return "it splits on a feature that there is not"
        return None if self._hangs_together(n) else "its nodes do not hang together"

    def _hangs_together(self, n: int) -> bool:
        """Every child names its parent and the root has none, so that each walk from the root ends at a leaf."""
        if self.parents[0] != ROOT:
            return False
        for node, (left, right) in enumerate(zip(self.left_children, self.right_children, strict=True)):
            if (left, right) == (-1, -1):
                continue
            if left == right or not all(0 < child < n and self.parents[child] == node for child in (left, right)):
                return False
        return True


class _Forest(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    trees: tuple[Tree, ...]


class _Gbtree(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: Literal["gbtree"]
    model: _Forest


class _Objective(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: Literal["binary:logistic"]


class _Parameters(BaseModel):
    model_config = ConfigDict(frozen=True)

    base_score: str = Field(pattern=r"^\[[0-9][0-9.]*(E-?[0-9]{1,2})?\]$")


class _Learner(BaseModel):
    model_config = ConfigDict(frozen=True)

    gradient_booster: _Gbtree
    learner_model_param: _Parameters
    objective: _Objective


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    learner: _Learner
    version: tuple[int, int, int]


@dataclass(frozen=True)
class Trees:
    """Trees that are fit to be walked.

    Attributes
    ----------
    trees : tuple of Tree
        In the order in which they were grown.
    base : float
        Log odds before the first tree.
    version : str
        Of the XGBoost that grew them.
    """

    trees: tuple[Tree, ...]
    base: float
    version: str

    @classmethod
    def of(cls, booster: Any, n_features: int) -> Trees:
        """Read the JSON value of a booster.

        Raises
        ------
        ValueError
            It is no binary booster over so many features, whose trees split by size; says why.
        """
        try:
            document = _Document.model_validate_json(json.dumps(booster), strict=True)
        except ValidationError as e:
            first = e.errors(include_input=False, include_url=False)[0]
            raise ValueError(f"booster: {'.'.join(map(str, first['loc']))}: {first['msg']}") from e
        trees = document.learner.gradient_booster.model.trees
        for k, tree in enumerate(trees):
            if problem := tree.problem(n_features):
                raise ValueError(f"booster: tree {k}: {problem}")
        share = float(document.learner.learner_model_param.base_score[1:-1])
        if not 0 < share < 1:
            raise ValueError(f"booster: base_score: expected a share between 0 and 1, found {share}")
        return cls(trees, float(np.log(share / (1 - share))), ".".join(map(str, document.version)))

    def log_odds(self, x: np.ndarray) -> np.ndarray:
        """Log odds of each row of features, (n,): the base and a leaf of each tree, added in the trees' order."""
        rows = as_float32(x)
        total = np.full(len(rows), self.base)
        for tree in self.trees:
            total += _leaves(tree, rows)
        return total

    def gains(self, n_features: int) -> np.ndarray:
        """Gain of all splits on each feature, (n_features,): what XGBoost calls ``total_gain``."""
        splits = [
            (feature, gain)
            for tree in self.trees
            for feature, gain, left in zip(tree.split_indices, tree.loss_changes, tree.left_children, strict=True)
            if left != -1
        ]
        features = np.array([feature for feature, _ in splits], np.int64)
        return np.bincount(features, np.array([gain for _, gain in splits], np.float64), minlength=n_features)


def as_float32(x: np.ndarray) -> np.ndarray:
    """Features as trees compare them; what is too large for 32 bits is the largest number that they hold."""
    return np.clip(x, -LARGEST, LARGEST).astype(np.float32)


def _leaves(tree: Tree, rows: np.ndarray) -> np.ndarray:
    """Value of the leaf in which each row ends."""
    left, right = np.array(tree.left_children), np.array(tree.right_children)
    feature, limit = np.array(tree.split_indices), np.array(tree.split_conditions, np.float32)
    unknown_left = np.array(tree.default_left, bool)
    node = np.zeros(len(rows), np.int64)
    every = np.arange(len(rows))
    while (inner := left[node] != -1).any():
        value = rows[every, feature[node]]
        goes_left = np.where(np.isnan(value), unknown_left[node], value < limit[node])
        node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
    return np.array(tree.split_conditions)[node]
