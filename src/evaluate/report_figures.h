// The pictures of a report, made from its predictions and drivers.
#pragma once

#include "evaluate/markup.h"
#include "evaluate/report.h"

namespace asof {

/// ROC, precision-recall, reliability and score distribution of the headline hold-out.
Markup discrimination_figures(const ReportInput& input);
Markup calibration_figures(const ReportInput& input);

/// Profit against approval rate on the headline hold-out; empty when no costs are given.
Markup profit_figures(const ReportInput& input);

/// Importance of features and families.
Markup driver_figures(const ReportInput& input);

/// Repaid rate and ROC-AUC by month; empty with a single month.
Markup month_figures(const ReportInput& input);

}  // namespace asof
