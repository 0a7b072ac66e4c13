"""EVoC and BERTopic for `bench_groups.py`: each function runs in a new interpreter of theirs.

Each prints seconds, processor seconds, peak memory and a note on what was found, as JSON. Only
EVoC, BERTopic and NumPy are imported, nothing of this package.
"""

import json
import time
from pathlib import Path

import numpy as np
from figures import resident, timed

WARM_UP = 2000  # vectors of a first fit that is not timed, in which numba compiles


def evoc(folder: str) -> None:
    """Cluster the vectors by EVoC with its defaults, in all layers."""
    from evoc import EVoC

    vectors = np.load(Path(folder) / "vectors.npy")
    EVoC(random_state=0).fit(vectors[:WARM_UP])
    model = EVoC(random_state=0)
    before = time.process_time()
    seconds, _ = timed(lambda: model.fit(vectors))
    cpu = time.process_time() - before
    found = [int(layer.max()) + 1 for layer in model.cluster_layers_]
    _report(seconds, cpu, f"{sum(found):,} clusters in {len(found)} layers", model.labels_)


def bertopic(folder: str) -> None:
    """Fit BERTopic with its defaults to the texts and their precomputed vectors."""
    from bertopic import BERTopic

    vectors = np.load(Path(folder) / "vectors.npy")
    texts = json.loads((Path(folder) / "texts.json").read_text(encoding="utf-8"))
    BERTopic().fit(texts[:WARM_UP], vectors[:WARM_UP])
    model = BERTopic()
    before = time.process_time()
    seconds, _ = timed(lambda: model.fit(texts, vectors))
    cpu = time.process_time() - before
    labels = np.array(model.topics_)
    _report(seconds, cpu, f"{int(labels.max()) + 1:,} topics", labels)


def _report(seconds: float, cpu: float, found: str, labels: np.ndarray) -> None:
    """Print the figures of this process as JSON."""
    note = f"{found}, {(labels < 0).mean():.0%} of all in none"
    figures = {"seconds": seconds, "cpu": cpu, "peak": resident("VmHWM"), "note": note}
    print(json.dumps(figures))
