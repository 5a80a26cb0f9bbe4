"""The models of the Python services: train.py FEATURES.parquet OUT

FEATURES is what `asof features` made of every application, so that a service whose features differ from asof's gives
other answers than the batch predictions written here, which the benchmark would find. 300 trees of 8 leaves each.
"""

import sys
from pathlib import Path

import joblib
import lightgbm
import numpy
import pandas
from classic import NAMES
from sklearn.ensemble import GradientBoostingClassifier

TREES, LEAVES, RATE, SEED = 300, 8, 0.02, 42


def main() -> None:
    features, out = map(Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    everyone = pandas.read_parquet(features)
    labelled = everyone[everyone["is_repaid"].notna()]
    rows, repaid = labelled[NAMES].to_numpy(numpy.float64), labelled["is_repaid"].to_numpy(int)
    all_rows = everyone[NAMES].to_numpy(numpy.float64)

    medians = numpy.nanmedian(rows, axis=0)
    forest = GradientBoostingClassifier(n_estimators=TREES, max_leaf_nodes=LEAVES, max_depth=None, learning_rate=RATE,
                                        subsample=0.5, max_features=0.5, random_state=SEED)
    forest.fit(numpy.where(numpy.isnan(rows), medians, rows), repaid)
    joblib.dump({"medians": medians, "model": forest}, out / "scikit.joblib")
    predictions = everyone[["user_id"]].copy()
    predictions["pandas"] = forest.predict_proba(numpy.where(numpy.isnan(all_rows), medians, all_rows))[:, 1]

    parameters = {"objective": "binary", "num_leaves": LEAVES, "learning_rate": RATE, "seed": SEED, "verbose": -1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows, repaid), TREES)
    booster.save_model(out / "lightgbm.txt")
    predictions["lean"] = booster.predict(all_rows)
    predictions.to_csv(out / "predictions.csv", index=False)


main()
