// What the commands share that score applications: by which bundle, and for whom.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/options.h"
#include "project/project.h"
#include "score/scorer.h"

namespace asof {

struct ScoringOptions {
  std::string project = "asof.yaml";
  std::string bundle;
  std::optional<double> prior_repaid;

  /// `found` is the project that was read; null when the bundle is named.
  Scorer load(const Project* found) const {
    return Scorer::load(
        bundle.empty() ? found->file.parent_path() / "models" / found->name : std::filesystem::path(bundle),
        {.prior_repaid = prior_repaid});
  }
};

inline void add_scoring_options(OptionSet& command, ScoringOptions& options) {
  command.add_option("project", options.project, "The project file, or its folder").show_default();
  command.add_option("-b,--bundle", options.bundle,
                     "The bundle's folder (default: models/NAME beside the project file)");
  command.add_option("--prior-repaid", options.prior_repaid,
                     "The share repaid that is expected where scores are used, such as 0.9, when it differs from the "
                     "training rows'; moves every score alike");
}

}  // namespace asof
