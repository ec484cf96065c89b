"""A bundle is the file that it says it is, or it is refused in one line; whatever is in it, nothing is run."""

from __future__ import annotations

import copy
import json
import random

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import logit

from learning_pipeline.errors import ArtifactDamaged
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.trees import Trees
from learning_pipeline_tests.models.bundles import NAMES, booster, bundle, matrix


@pytest.fixture(scope="module")
def made() -> Bundle:
    return bundle()


def test_what_is_written_is_read_back_byte_for_byte(made: Bundle) -> None:
    again = Bundle.read(made.raw())
    assert again == made
    assert again.raw() == made.raw()


@pytest.mark.parametrize(("seed", "depth"), [(0, 1), (1, 3), (2, 6)])
def test_walking_the_trees_gives_what_xgboost_gives(seed: int, depth: int) -> None:
    import xgboost as xgb

    document = booster(seed, n_trees=20, depth=depth)
    native = xgb.Booster()
    native.load_model(bytearray(json.dumps(document).encode()))
    x = matrix(seed + 50, 2000)
    x[5] = np.nan
    x[6] = 1e300
    shown = np.clip(x, -3e38, 3e38).astype(np.float32)
    theirs = native.predict(xgb.DMatrix(shown, nthread=1), output_margin=True)
    np.testing.assert_allclose(Trees.of(document, 3).log_odds(x), theirs, atol=2e-6)


def test_the_gain_of_features_is_that_of_xgboost() -> None:
    import xgboost as xgb

    document = booster(3, n_trees=20)
    native = xgb.Booster()
    native.load_model(bytearray(json.dumps(document).encode()))
    theirs = native.get_score(importance_type="total_gain")
    np.testing.assert_allclose(Trees.of(document, 3).gains(3), [theirs.get(f"f{k}", 0) for k in range(3)], rtol=1e-5)


def test_probabilities_are_calibrated_log_odds(made: Bundle) -> None:
    x = matrix(9)
    probabilities = made.probabilities(x)
    np.testing.assert_allclose(logit(probabilities), 0.9 * made.trees.log_odds(x) - 0.1)
    assert (made.takes(probabilities) == (probabilities > 0.4)).all()
    with pytest.raises(ValueError, match="expected 3 columns"):
        made.probabilities(x[:, :2])


def test_equal_probability_and_break_even_is_no_trade(made: Bundle) -> None:
    assert made.takes(np.array([0.4, 0.4000001])).tolist() == [False, True]


def test_quantiles_of_the_reference_are_values_that_were_seen(made: Bundle) -> None:
    x = matrix()
    spread = made.reference["spread"]
    known = np.sort(x[:, 1][~np.isnan(x[:, 1])])
    assert spread.n == 300
    assert spread.null_share == pytest.approx(43 / 300)
    assert (spread.quantiles[0], spread.quantiles[-1]) == (known[0], known[-1])
    assert spread.quantiles[50] == known[int(np.ceil(0.5 * len(known))) - 1]
    assert set(spread.quantiles) <= set(known)


def _tree(document: dict) -> dict:
    return document["learner"]["gradient_booster"]["model"]["trees"][0]


BREAKS = {
    "child outside the tree": lambda t: t["left_children"].__setitem__(0, 10**6),
    "child before the root": lambda t: t["right_children"].__setitem__(0, -7),
    "a loop": lambda t: t["left_children"].__setitem__(1, 1),
    "both children one": lambda t: t["left_children"].__setitem__(0, t["right_children"][0]),
    "a root with a parent": lambda t: t["parents"].__setitem__(0, 1),
    "feature that is not there": lambda t: t["split_indices"].__setitem__(0, 3),
    "negative feature": lambda t: t["split_indices"].__setitem__(0, -1),
    "a category": lambda t: t["split_type"].__setitem__(0, 1),
    "categories": lambda t: t["categories"].append(1),
    "unequal arrays": lambda t: t["split_conditions"].pop(),
    "no nodes": lambda t: t["left_children"].clear(),
    "too large a number": lambda t: t["split_conditions"].__setitem__(0, 1e300),
    "a huge index": lambda t: t["split_indices"].__setitem__(0, 2**70),
    "a word for a number": lambda t: t["split_conditions"].__setitem__(0, "0.5"),
    "true for a number": lambda t: t["left_children"].__setitem__(0, True),
    "another key": lambda t: t.__setitem__("vector_leaf", []),
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_a_tree_that_is_none_is_refused(made: Bundle, broken: object) -> None:
    """Even if the digest in the ledger is that of these bytes: a walk must end, and at a leaf."""
    document = json.loads(made.raw())
    broken(_tree(document["booster"]))  # type: ignore[operator]
    with pytest.raises(ArtifactDamaged, match=r"model bundle: .*booster") as e:
        Bundle.read(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"booster":' * 5_000 + b"{}" + b"}" * 5_000,
        b'{"n":NaN}',
        b"\x80\x04\x95\x00.",
    ],
    ids=["empty", "not-utf8", "null", "list", "bare", "deep-list", "deep-object", "nan", "pickle"],
)
def test_other_bytes_are_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(ArtifactDamaged, match="model bundle") as e:
        Bundle.read(raw)
    assert "\n" not in str(e.value)


def test_another_spelling_of_the_same_values_is_refused(made: Bundle) -> None:
    """Two keys of one name, spaces, another order: a digest would be of one reading and the use of another."""
    raw = made.raw()
    spaced = json.dumps(json.loads(raw)).encode()
    twice = raw[:-1] + b',"threshold":0.4}'
    for other in (spaced, twice, raw + b"\n"):
        with pytest.raises(ArtifactDamaged, match="not written as we write it"):
            Bundle.read(other)


def test_parts_that_contradict_each_other_are_no_bundle(made: Bundle) -> None:
    with pytest.raises(ValidationError, match="each name once"):
        bundle(features=(*NAMES[:2], "other"))
    with pytest.raises(ValidationError, match="feature that there is not"):
        bundle(features=NAMES[:1], reference={"momentum": made.reference["momentum"]})


def test_no_mutation_kills_the_process_or_passes_as_the_original(made: Bundle) -> None:
    """Read without the digest: what is not refused must still be a bundle that scores without harm."""
    rng, raw, x = random.Random(0), made.raw(), matrix(4, 20)
    n_read = 0
    for _ in range(2000):
        mutated = _mutated(rng, raw)
        try:
            read = Bundle.read(mutated)
        except ArtifactDamaged as e:
            assert "\n" not in str(e)  # noqa: PT017
            continue
        n_read += 1
        assert mutated == raw or read != made
        assert np.isfinite(read.probabilities(x)).all()
    assert n_read < 1500


def _mutated(rng: random.Random, raw: bytes) -> bytes:
    how, at = rng.randrange(5), rng.randrange(len(raw))
    if how == 0:
        return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
    if how == 1:
        return raw[:at]
    if how == 2:
        return raw[:at] + raw[rng.randrange(len(raw)) :]
    digits = [k for k in range(at, min(at + 400, len(raw))) if raw[k : k + 1].isdigit()]
    place = rng.choice(digits or [at])
    new = rng.choice([b"9", b"99999999", b"-1", b"1e308", b"null", b"[]", b"true"])
    return raw[:place] + new + raw[place + 1 :]


def test_bundles_are_values(made: Bundle) -> None:
    with pytest.raises(ValidationError):
        made.threshold = 0.0  # type: ignore[misc]
    assert copy.deepcopy(made).raw() == made.raw()
