"""Trained detectors and how good a detector is. numpy alone.

FLD ensemble after J. Kodovsky, J. Fridrich, V. Holub, "Ensemble classifiers for steganalysis of digital media", IEEE
TIFS 7(2), 2012: Fisher's linear discriminant in many random subspaces, each of a bootstrap sample, their projections
added up. The size of the subspaces is chosen by the samples that the bootstraps left out, so within the training set.
"""

import numpy

LEARNERS = 60
SUBSPACES = (40, 80, 160, 320)
RIDGE = 0.03  # of the variance of a feature: there are few photographs


def auc(covers, stegos):
    """Chance that a stego picture scores higher than a cover; equal ones count half."""
    both = numpy.concatenate([covers, stegos])
    _, place, count = numpy.unique(both, return_inverse=True, return_counts=True)
    ranks = (numpy.cumsum(count) - (count - 1) / 2)[place]
    n = len(stegos)
    return (ranks[len(covers):].sum() - n * (n + 1) / 2) / (n * len(covers))


def _learn(covers, stegos, features, pairs):
    a, b = covers[numpy.ix_(pairs, features)], stegos[numpy.ix_(pairs, features)]
    mean_a, mean_b = a.mean(0), b.mean(0)
    a, b = a - mean_a, b - mean_b
    within = (a.T @ a + b.T @ b) / (2 * len(pairs))
    within[numpy.diag_indices_from(within)] += RIDGE
    weights = numpy.linalg.solve(within, mean_b - mean_a)
    weights /= numpy.sqrt(weights @ within @ weights) + 1e-12
    return weights, weights @ (mean_a + mean_b) / 2


def _ensemble(covers, stegos, size, learners, random):
    """Learners, and the AUC on what each of them has not seen."""
    n, dimension = covers.shape
    found, unseen_a, unseen_b, seen_by = [], numpy.zeros(n), numpy.zeros(n), numpy.zeros(n)
    for _ in range(learners):
        features = random.choice(dimension, min(size, dimension), replace=False)
        pairs = random.integers(0, n, n)
        weights, middle = _learn(covers, stegos, features, pairs)
        found.append((features, weights, middle))
        out = numpy.setdiff1d(numpy.arange(n), pairs)
        unseen_a[out] += covers[numpy.ix_(out, features)] @ weights - middle
        unseen_b[out] += stegos[numpy.ix_(out, features)] @ weights - middle
        seen_by[out] += 1
    seen = seen_by > 0
    return found, auc(unseen_a[seen] / seen_by[seen], unseen_b[seen] / seen_by[seen])


def held_out_auc(covers, stegos, photographs, folds=6, seed=1):
    """Mean AUC over parts of the photographs, each judged by an ensemble that has seen no tile of them."""
    random = numpy.random.default_rng(seed)
    names = numpy.unique(photographs)
    part_of = dict(zip(names, random.permutation(numpy.arange(len(names)) % folds)))
    part = numpy.array([part_of[name] for name in photographs])
    results = []
    for fold in range(folds):
        train, test = part != fold, part == fold
        known = numpy.concatenate([covers[train], stegos[train]])
        mean, spread = known.mean(0), known.std(0)
        used = spread > 1e-9
        a = (covers[:, used] - mean[used]) / spread[used]
        b = (stegos[:, used] - mean[used]) / spread[used]
        tried = [_ensemble(a[train], b[train], size, LEARNERS // 3, random)[1] for size in SUBSPACES]
        size = SUBSPACES[int(numpy.argmax(tried))]
        learners, _ = _ensemble(a[train], b[train], size, LEARNERS, random)
        score_a = sum(a[numpy.ix_(test, f)] @ w - m for f, w, m in learners)
        score_b = sum(b[numpy.ix_(test, f)] @ w - m for f, w, m in learners)
        results.append(auc(score_a, score_b))
    return float(numpy.mean(results))
