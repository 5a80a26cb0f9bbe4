// Whether probabilities are right on average.
#include "evaluate/recalibration.h"

namespace asof::metrics_by_name {
namespace {

constexpr OracleFigure kOracle[] = {
    {Outcome::kRepaid, false, -0.5450563984986285},
    {Outcome::kDefaulted, false, 0.5450563984986285},
    {Outcome::kRepaid, true, -0.738236250548674},
};

}  // namespace

extern const Metric calibration_intercept;
constinit const Metric calibration_intercept = {
    .name = "calibration_intercept",
    .title = "Calibration in the large",
    .summary =
        "What would have to be added to every predicted log-odds for the mean to be right; 0 is right, more "
        "means that more was repaid than foreseen (Steyerberg, \"Clinical prediction models\", 2019).",
    .ideal = 0.0,
    .of_ranking = calibration_in_the_large,
    .oracle = "statsmodels.api.GLM(family=Binomial(), offset=logit(p)) 0.15.0",
    .oracle_figures = kOracle,
};

}  // namespace asof::metrics_by_name
