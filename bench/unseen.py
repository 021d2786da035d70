"""How well the classifier judges servers that it has not seen: five folds by family, each judged by weights of the other four.

python bench/unseen.py CORPUS [--out FILE]: prints the table (nothing is measured without a corpus); FILE gets the figures without those of single servers, under the
version of the shipped weights, which are trained in the same way on all families.
"""

import argparse
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sklearn.model_selection import GroupKFold

from classifier import corpus, model, report, train
from classifier.evaluate import compare
from classifier.verdicts import VERSION, Verdict, judge
from classifier.written import written

FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.corpus is None:
        print("not measured: name the folder of a labelled corpus")
        return
    labelled, further = corpus.load(options.corpus), corpus.further(options.corpus)
    verdicts = judged(labelled, further)
    result = compare(labelled, verdicts)
    print(report.table(result))
    fair = [place for place, row in enumerate(labelled) if row.drawn != "hard" and not row.doubtful]
    print("\nwithout rows drawn because they are hard, and those of which their reader was unsure\n")
    print(report.table(compare([labelled[place] for place in fair], [verdicts[place] for place in fair])))
    if options.out:
        figures: dict[str, Any] = msgspec.to_builtins(result)
        del figures["by_server"]
        figures["version"] = VERSION
        options.out.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


def judged(labelled: list[corpus.Labelled], further: list[corpus.Labelled]) -> list[Verdict]:
    """A verdict for every labelled row, by weights that know nothing of its family."""
    rows = [*labelled, *further]
    names = [train.features_of(row) for row in rows]
    families = [row.family for row in rows]
    examples = written()
    shown = [train.features_of(row) for row in examples]
    verdicts: dict[int, Verdict] = {}
    for seen, unseen in GroupKFold(FOLDS).split(families, groups=families):
        weights = model.read(
            train.fit([*(rows[one] for one in seen), *examples], [*(names[one] for one in seen), *shown])
        )
        for place in unseen[np.asarray(unseen) < len(labelled)]:
            verdicts[int(place)] = judge(rows[place].tool, weights)
        print(f"{len(verdicts)} of {len(labelled)} judged", flush=True)
    return [verdicts[place] for place in range(len(labelled))]


if __name__ == "__main__":
    main()
