// The list of kinds, and what every fit asks of its request.
#include "model/model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"

namespace asof {

namespace models {
#define REGISTER(kind) extern const ModelKind kind;
#include "model/kinds.def"
#undef REGISTER
}  // namespace models

namespace {

#define REGISTER(kind) &models::kind,
constexpr auto kKinds = std::to_array<const ModelKind*>({
#include "model/kinds.def"
});
#undef REGISTER

void require(bool condition, const std::string& message) {
  if (!condition) throw Error(Error::kInvalidInput, message);
}

}  // namespace

std::span<const ModelKind* const> model_kinds() { return kKinds; }

const ModelKind& model_kind(std::string_view name) {
  std::vector<std::string> known;
  for (const ModelKind* kind : kKinds) {
    if (kind->name == name) return *kind;
    known.emplace_back(kind->name);
  }
  throw Error(Error::kInvalidInput, format("unknown model kind `{}`{}", name, did_you_mean(name, known)));
}

void FitRequest::validate() const {
  require(features.columns > 0, "there is nothing to learn from: no feature differs between the training rows");
  require(good.size() == features.rows && names.size() == features.columns &&
              (weights.empty() || weights.size() == features.rows) &&
              (directions.empty() || directions.size() == features.columns),
          format("labels, weights, names and directions do not fit a matrix of {} rows and {} columns", features.rows,
                 features.columns));
  require(std::ranges::all_of(good, [](double outcome) { return outcome == 0.0 || outcome == 1.0; }),
          "every training row must have repaid (1) or defaulted (0)");
  const auto repaid = std::ranges::count(good, 1.0);
  require(
      repaid > 0 && static_cast<std::size_t>(repaid) < good.size(),
      format("all {} training rows {}: a model needs both outcomes", good.size(), repaid > 0 ? "repaid" : "defaulted"));
  require(std::ranges::all_of(weights, [](double weight) { return weight > 0.0 && std::isfinite(weight); }),
          "every weight must be a positive number");
  require(threads >= 1, format("`threads` must be at least 1, it is {}", threads));
}

std::string FitRequest::directions_text() const {
  std::vector<std::string> texts;
  for (const int direction : directions) texts.push_back(std::to_string(direction));
  return join(texts, ",");
}

int FitRequest::threads_that_pay() const {
  const std::size_t busy = 1 + features.rows * features.columns / values_per_thread;
  return static_cast<int>(std::min(busy, static_cast<std::size_t>(threads)));
}

double FitRequest::share_repaid() const {
  double repaid = 0.0, all = 0.0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : weights[i];
    repaid += weight * good[i];
    all += weight;
  }
  return repaid / all;
}

}  // namespace asof
