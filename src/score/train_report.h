// The papers of a bundle: report.html and model_card.md, from what training found.
#pragma once

#include <map>
#include <string>

#include "score/train.h"

namespace asof {

/// File names and contents. Same training, same bytes.
std::map<std::string, std::string> documents_of(const Project& project, const Assembled& assembled,
                                                const Trained& trained);

}  // namespace asof
