// `--prior-repaid`, for every command that scores.
#pragma once

#include <optional>

#include "cli/options.h"

namespace asof {

inline void add_prior_option(OptionSet& command, std::optional<double>& prior_repaid) {
  command.add_option("--prior-repaid", prior_repaid,
                     "The share repaid that is expected where scores are used, such as 0.9, when it differs from the "
                     "training rows'; moves every score alike");
}

}  // namespace asof
