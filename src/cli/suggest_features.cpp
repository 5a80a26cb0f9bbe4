#include "cli/suggest_features.h"

#include <filesystem>

#include "base/files.h"
#include "base/format.h"

namespace asof {
namespace {

Json suggestion_json(const Suggestion& kept) {
  return Json::Object{{"name", kept.definition.name},
                      {"expression", kept.definition.expression},
                      {"family", kept.definition.family},
                      {"p_value", kept.earned.p_value},
                      {"log_loss_gain", kept.earned.log_loss_gain},
                      {"log_loss_gain_standard_error", kept.earned.log_loss_gain_error},
                      {"roc_auc", kept.earned.roc_auc}};
}

}  // namespace

int suggest_features(const SuggestRequest& request, Console& console) {
  if (!request.out.empty() && !request.force && std::filesystem::exists(request.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", request.out));
  const Suggestions found =
      suggest(read_project(request.project),
              {.budget = request.budget, .threads = request.threads, .progress = console.progress()});
  const Stagewise& search = found.search;
  console.note(
      format("{} candidates, {} of them unlike the others, judged on {} training rows; the {} rows of the "
             "hold-out ({}) were not looked at",
             found.candidates, search.judged, search.rows, found.held_out, to_string(found.by)));
  if (!found.undated.empty())
    console.note(format("no candidates from {}: nobody knows when their rows were known", join(found.undated)));
  const double after = found.kept.empty() ? search.roc_auc_before : search.earned.back().roc_auc;
  console.note(format("{} kept: ROC-AUC out of fold {:.4f}, before {:.4f} (logistic regression)", found.kept.size(),
                      after, search.roc_auc_before));
  console.note(format("no more, because {}", search.stopped));

  const std::string yaml = to_yaml(found);
  Json::Array kept;
  for (const Suggestion& suggestion : found.kept) kept.push_back(suggestion_json(suggestion));
  if (!yaml.empty() && request.out.empty()) console.say(yaml.substr(0, yaml.size() - 1));
  if (!yaml.empty() && !request.out.empty()) write_file(request.out, yaml);
  console.result(Json::Object{{"kept", std::move(kept)},
                              {"candidates", found.candidates},
                              {"judged", search.judged},
                              {"training_rows", search.rows},
                              {"held_out_rows", found.held_out},
                              {"roc_auc_before", search.roc_auc_before},
                              {"roc_auc", after},
                              {"stopped", search.stopped}});
  return 0;
}

}  // namespace asof
