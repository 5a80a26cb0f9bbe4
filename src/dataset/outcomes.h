// Labels: which loans were repaid, which were not, and which outcomes nobody could know yet.
#pragma once

#include "dataset/labelled_applications.h"

namespace asof {

/// Fills `good`, `known_at` of `dataset` (sized for the applications) and counts.
/// `outcomes` is the table that holds the label: the applications' own rows, or another table with entity and time,
/// matched by both. Throws Error::kInvalidInput for two labels of one application, and for a label with more than two
/// values.
OutcomeCounts read_outcomes(const Target& target, const TableSpec& spec, const Table& outcomes,
                            const Applications& applications, Dataset& dataset);

}  // namespace asof
