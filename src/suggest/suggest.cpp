#include "suggest/suggest.h"

#include <algorithm>

#include "base/format.h"
#include "dataset/assemble.h"
#include "suggest/candidates.h"

namespace asof {
namespace {

Split headline_split(const Dataset& data, const TrainOptions& train) {
  const SplitOptions options{.holdout = train.holdout, .seed = train.seed};
  return choose_headline(data, options).by == SplitBy::kTime ? time_split(data, options)
                                                             : stratified_split(data, options);
}

/// Families in the order in which they first occur.
std::vector<std::string> families_of(const Suggestions& suggestions) {
  std::vector<std::string> families;
  for (const Suggestion& kept : suggestions.kept) {
    if (std::ranges::find(families, kept.definition.family) == families.end())
      families.push_back(kept.definition.family);
  }
  return families;
}

}  // namespace

void SuggestOptions::validate() const {
  if (budget < 1) throw Error(Error::kInvalidInput, "a budget of 0 candidates leaves nothing to choose from");
}

Suggestions suggest(const Project& project, const SuggestOptions& options) {
  options.validate();
  const std::vector<Definition> own = definitions_of(project);
  const std::vector<KnownTable> tables = known_tables(project, options.threads, options.progress);
  const std::vector<Definition> candidates = candidate_definitions(project, tables, own, options.budget);
  if (candidates.empty()) {
    throw Error(Error::kInvalidInput,
                "there is nothing to suggest features from: it takes a table with a time beside the applications and "
                "the target's table");
  }
  Project with_candidates = project;
  with_candidates.definitions.insert(with_candidates.definitions.end(), candidates.begin(), candidates.end());
  const Assembled assembled = assemble(with_candidates, {.threads = options.threads, .progress = options.progress});

  const Split split = headline_split(assembled.dataset, project.train);
  Suggestions suggestions{.candidates = candidates.size(), .by = split.by, .held_out = split.test.size()};
  suggestions.search =
      stagewise(assembled.dataset, own.size(), split.train,
                {.folds = project.train.folds, .by = split.by, .seed = project.train.seed, .threads = options.threads},
                options.progress);
  for (const Earned& earned : suggestions.search.earned) {
    suggestions.kept.push_back({candidates[earned.column - own.size()], earned});
  }
  for (const TableSpec& table : project.tables) {
    if (table.role == TableRole::kUndated) suggestions.undated.push_back(table.name);
  }
  return suggestions;
}

std::string to_yaml(const Suggestions& suggestions) {
  if (suggestions.kept.empty()) return {};
  std::string text = "features:\n  define:\n";
  for (const std::string& family : families_of(suggestions)) {
    text += format("    {}:\n", family);
    for (const auto& [definition, earned] : suggestions.kept) {
      if (definition.family != family) continue;
      text += format("      # log loss {:.5f} lower out of fold (standard error {:.5f}), p = {:.3f}\n",
                     earned.log_loss_gain, earned.log_loss_gain_error, earned.p_value);
      text += format("      {}: {}\n", definition.name, definition.expression);
    }
  }
  return text;
}

}  // namespace asof
