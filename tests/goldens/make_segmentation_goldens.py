"""Writes segmentation.json beside this file: random masks, and how others score them.

Dice and IoU are MedPy's `dc` and `jc`, counts of truth × prediction scikit-image's `contingency_table` (an
image) and scikit-learn's `confusion_matrix` (all of them), pixel accuracy scikit-learn's. Distances to
boundaries are SciPy's exact Euclidean transform in float64; a boundary is what SciPy's erosion by a cross takes
away, and where everything is known scikit-image's `find_boundaries` finds the same.

    pip install numpy scipy scikit-image scikit-learn medpy
    python make_segmentation_goldens.py
"""

import json
from pathlib import Path

import numpy as np
from medpy.metric import dc, jc
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter
from skimage.metrics import contingency_table
from skimage.segmentation import find_boundaries
from sklearn.metrics import accuracy_score, confusion_matrix

IGNORE = 255
# How 255 is written; other values are digits.
IGNORE_LETTER = "."
RESAMPLES = 20000

# Spacing is x, y. With the second set a step in x is just the tolerance.
SETS = [
    dict(name="px", classes=2, images=6, width=40, height=25, tolerance=2, spacing=None),
    dict(name="slices 3 mm apart", classes=4, images=6, width=20, height=36, tolerance=3, spacing=[3, 1]),
    dict(name="ignored pixels", classes=5, images=12, width=24, height=20, tolerance=1.5, spacing=[0.7, 0.45]),
    dict(name="noise", classes=3, images=4, width=17, height=15, tolerance=1, spacing=None),
]


def smooth_mask(random, c):
    """The class whose smooth noise is greatest: regions of a few pixels. The last class may be missing."""
    field = random.normal(size=(c["classes"], c["height"], c["width"]))
    if c["name"] != "noise":
        field = np.stack([gaussian_filter(one, 2.5) for one in field])
        field[0] += 0.03
    if random.random() < 0.3:
        field[-1] = -np.inf
    return field.argmax(0).astype(np.uint8)


def draw_pair(random, c):
    truth = smooth_mask(random, c)
    predicted = np.roll(truth, random.integers(-2, 3, size=2), axis=(0, 1))
    other = smooth_mask(random, c)
    wrong = gaussian_filter(random.normal(size=truth.shape), 1.5) > 0.15
    predicted = np.where(wrong, other, predicted)
    if c["name"] == "ignored pixels":
        truth[gaussian_filter(random.normal(size=truth.shape), 1) > 0.4] = IGNORE
        predicted[:, : random.integers(0, 4)] = IGNORE
    return truth, predicted


def boundary(mask, own, unknown):
    of_class = (mask == own) & ~unknown
    cross = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    edges = of_class & ~binary_erosion(of_class | unknown, cross, border_value=1)
    if not unknown.any():
        assert (edges == find_boundaries(of_class, connectivity=1, mode="inner")).all()
    return edges


def near(edges, others, c):
    """How many of `edges` have one of `others` within the tolerance."""
    if not others.any():
        return 0
    sampling = None if c["spacing"] is None else c["spacing"][::-1]
    distances = distance_transform_edt(~others, sampling=sampling)
    return int((distances[edges] <= c["tolerance"]).sum())


def boundary_counts(truth, predicted, own, c):
    unknown = (truth == IGNORE) | (predicted == IGNORE)
    a, b = boundary(predicted, own, unknown), boundary(truth, own, unknown)
    return [int(a.sum()), near(a, b, c), int(b.sum()), near(b, a, c)]


def f1(counts):
    predicted, predicted_near, truth, truth_near = counts
    if predicted == 0 and truth == 0:
        return np.nan
    if predicted_near + truth_near == 0:
        return 0.0
    precision, recall = predicted_near / predicted, truth_near / truth
    return 2 * precision * recall / (precision + recall)


def overlap(metric, truth, predicted, own):
    in_truth, in_prediction = truth == own, predicted == own
    if not in_truth.any() and not in_prediction.any():
        return np.nan
    return float(metric(in_prediction, in_truth))


def known(pairs):
    truth = np.concatenate([truth.ravel() for truth, _ in pairs])
    predicted = np.concatenate([predicted.ravel() for _, predicted in pairs])
    kept = (truth != IGNORE) & (predicted != IGNORE)
    return truth[kept], predicted[kept]


def mean(values):
    """Over those that are defined."""
    values = np.asarray(values, dtype=float)
    return np.nan if np.isnan(values).all() else float(np.nanmean(values))


def scores_of_image(truth, predicted, c):
    flat_truth, flat_predicted = known([(truth, predicted)])
    counts = np.zeros((c["classes"], c["classes"]), dtype=int)
    table = contingency_table(flat_truth, flat_predicted, sparse_type="array").toarray()
    counts[: table.shape[0], : table.shape[1]] = table
    classes = range(1, c["classes"])
    edges = [boundary_counts(truth, predicted, own, c) for own in classes]
    return {
        "counts": counts.tolist(),
        "dice": [overlap(dc, flat_truth, flat_predicted, own) for own in classes],
        "boundaryCounts": edges,
        "boundaryF1": [f1(one) for one in edges],
    }


def class_scores(rows):
    """Images × classes: the mean of images' means, and of each class over its images."""
    return {
        "mean": mean([mean(row) for row in rows]),
        "classes": [mean(column) for column in zip(*rows)],
    }


def iou_scores(pairs, c):
    truth, predicted = known(pairs)
    classes = [overlap(jc, truth, predicted, own) for own in range(1, c["classes"])]
    return {"mean": mean(classes), "classes": classes}


def drawn_bounds(random, pairs, images, c):
    """Of the mean Dice and the mean IoU, pairs of images that follow each other being one group."""
    tables = np.array([one["counts"] for one in images], dtype=float)
    dice = np.array([mean(one["dice"]) for one in images])
    groups = len(pairs) // 2
    drawn = {"dice": [], "iou": []}
    for _ in range(RESAMPLES):
        group = random.integers(0, groups, size=groups)
        at = np.concatenate([2 * group, 2 * group + 1])
        table = tables[at].sum(0)
        right = np.diag(table)[1:]
        union = table.sum(0)[1:] + table.sum(1)[1:] - right
        drawn["dice"].append(mean(dice[at]))
        drawn["iou"].append(mean(right[union > 0] / union[union > 0]))
    return {name: np.percentile(values, [2.5, 97.5]).tolist() for name, values in drawn.items()}


def letters(mask):
    return "".join(IGNORE_LETTER if value == IGNORE else str(value) for value in mask.ravel())


def golden_of(random, c):
    pairs = [draw_pair(random, c) for _ in range(c["images"])]
    images = [scores_of_image(truth, predicted, c) for truth, predicted in pairs]
    truth, predicted = known(pairs)
    table = confusion_matrix(truth, predicted, labels=range(c["classes"]))
    assert (table == np.sum([one["counts"] for one in images], axis=0)).all()
    golden = {
        **c,
        "images": [
            {"truth": letters(truth), "predicted": letters(predicted), **scores}
            for (truth, predicted), scores in zip(pairs, images)
        ],
        "dice": class_scores([one["dice"] for one in images]),
        "iou": iou_scores(pairs, c),
        "pixelAccuracy": float(accuracy_score(truth, predicted)),
        "boundaryF1": class_scores([one["boundaryF1"] for one in images]),
    }
    if c["name"] == "ignored pixels":
        golden["bounds"] = drawn_bounds(random, pairs, images, c)
    return golden


def without_nan(value):
    """JSON has no NaN: what is undefined is null."""
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_nan(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def main():
    random = np.random.default_rng(20261125)
    goldens = [without_nan(golden_of(random, c)) for c in SETS]
    text = json.dumps(goldens, allow_nan=False, indent=1)
    (Path(__file__).parent / "segmentation.json").write_text(text + "\n")


main()
