#include "score/provenance.h"

#include <map>

#include "features/describe.h"

namespace asof {
namespace {

/// The parts of all features, each once.
struct AllParts {
  std::vector<Definition> definitions;                ///< the bundle's, then the parts
  std::vector<std::vector<std::size_t>> of_features;  ///< per feature, where its parts stand in `definitions`
};

AllParts parts_of_all(const Bundle& bundle, const std::vector<TableSpec>& tables) {
  AllParts all{.definitions = bundle.definitions, .of_features = {}};
  std::map<std::string, std::size_t> places;
  for (const Definition& feature : bundle.definitions) {
    std::vector<std::size_t>& own = all.of_features.emplace_back();
    for (Definition& part : parts_of(feature, bundle.definitions, tables).parts) {
      const auto [place, is_new] = places.try_emplace(part.expression, all.definitions.size());
      own.push_back(place->second);
      if (!is_new) continue;
      part.name = "[" + std::to_string(places.size()) + "]";
      all.definitions.push_back(std::move(part));
    }
  }
  return all;
}

}  // namespace

struct Provenance::State {
  AllParts parts;
  std::vector<std::string> english;
  RowTracer tracer;

  State(const Bundle& bundle, const std::vector<TableSpec>& tables, const PlanOptions& options)
      : parts(parts_of_all(bundle, tables)), tracer(parts.definitions, bundle.applications, tables, options) {
    const Described described{
        .definitions = bundle.definitions, .applications = bundle.applications, .tables = tables, .options = options};
    for (const Definition& feature : bundle.definitions) english.push_back(describe(feature, described));
  }
};

Provenance::Provenance(const Scorer& scorer)
    : state_(std::make_unique<const State>(scorer.bundle(), scorer.tables(), plan_options(scorer.bundle()))) {}
Provenance::~Provenance() = default;
Provenance::Provenance(Provenance&&) noexcept = default;

const std::string& Provenance::english(std::size_t feature) const { return state_->english[feature]; }

std::vector<PartRows> Provenance::rows_of(std::size_t feature, Timestamp at, const History& history,
                                          std::size_t limit) const {
  const std::vector<std::size_t>& parts = state_->parts.of_features[feature];
  std::vector<PartRows> rows;
  for (const std::size_t part : parts)
    rows.push_back({.expression = state_->parts.definitions[part].expression,
                    .table = state_->tracer.table_of(part).name,
                    .used = state_->tracer.used(part, at, history, limit / parts.size())});
  return rows;
}

}  // namespace asof
