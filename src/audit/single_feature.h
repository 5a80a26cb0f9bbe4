// What one column knows of the outcome by itself.
#pragma once

#include <cstddef>
#include <span>

#include "audit/auc.h"
#include "dataset/split.h"

namespace asof::audit {

/// The ROC-AUC of one column alone. What its values mean is learnt on a fold's training rows (the smoothed share of
/// repaid per value of a category, per interval of a number, and among the missing) and judged on its test rows: so
/// neither the direction nor the shape is chosen by the rows judged, and a column that knows the outcome by being empty
/// is found too.
Estimate single_feature_auc(const Dataset& data, std::size_t column, std::span<const Split> folds);

}  // namespace asof::audit
