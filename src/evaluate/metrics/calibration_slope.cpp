// Whether probabilities are as far apart as the outcomes: below 1 they are too extreme, above 1 too timid.
#include "evaluate/recalibration.h"

namespace asof::metrics_by_name {
namespace {

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, 0.3759380032628193},
    {Outcome::kDefaulted, false, 0.3759380032628192},
    {Outcome::kRepaid, true, 0.3145315524169182},
};

}  // namespace

extern const Metric calibration_slope;
constinit const Metric calibration_slope = {
    .name = "calibration_slope",
    .title = "Calibration slope",
    .summary =
        "Slope of the outcomes regressed on the predicted log-odds; 1 is right, less is too sure of itself (Cox, \"Two "
        "further applications of a model for binary regression\", 1958).",
    .ideal = 1.0,
    .of_ranking = [](const Ranking& ranking) { return recalibration(ranking).slope; },
    .oracle = "sklearn.linear_model.LogisticRegression(C=inf, tol=1e-14) 1.9.1 on logit(p)",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
