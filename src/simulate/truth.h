// The true probability of repayment: a function of what could be known at the application, and of nothing else.
// Traits cause behaviour and missing values, behaviour carries the risk; so no model can rank better than the truth
// does.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "asof/time.h"
#include "simulate/figures.h"
#include "simulate/person.h"

namespace asof::simulation {

/// All that the truth may look at.
struct Knowable {
  const Figures& figures;
  const Attributes& attributes;
  Timestamp application_at;
};

enum class Family { kRecency, kActivity, kMovement, kNetworks, kMasked, kHour, kDrift };
inline constexpr std::size_t kFamilies = 7;
inline constexpr std::array<std::string_view, kFamilies> kFamilyNames = {"recency", "activity", "movement", "networks",
                                                                         "masked",  "hour",     "drift"};

/// One side of the risk, about standard normal over all people; higher means likelier repaid.
struct Component {
  std::string_view name;
  Family family;
  double (*value)(const Knowable& knowable);
};

struct Weight {
  std::string_view component;
  double weight;
};

/// log-odds of repayment = intercept + slope * sum of weight * component.
struct Profile {
  std::string_view name;
  std::string_view summary;
  std::span<const Weight> weights;
  double slope;
  double intercept;
  double share_repaid;  // what slope and intercept were solved for
  double auc_of_truth;
};

std::span<const Component> components();
std::span<const Profile> profiles();

/// Throws Error::kUsage with the nearest names.
const Profile& profile_of(std::string_view name);

/// Sum of weight * component by family, before slope and intercept.
std::array<double, kFamilies> score_by_family(const Profile& profile, const Knowable& knowable);

/// The sum over all families.
double score(const std::array<double, kFamilies>& by_family);

/// Slope and intercept for which scores give a share repaid and an AUC of the truth.
struct Calibration {
  double slope;
  double intercept;
};
Calibration calibrate(std::span<const double> scores, double share_repaid, double auc_of_truth);

/// The mean of the probabilities that scores give, and the AUC they have against outcomes drawn from themselves
/// (worked out, not sampled).
struct Ceiling {
  double share_repaid;
  double auc;
};
Ceiling ceiling_of(std::span<const double> scores, const Calibration& calibration);

}  // namespace asof::simulation
