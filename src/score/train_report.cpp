#include "score/train_report.h"

namespace asof {

std::map<std::string, std::string> documents_of(const Project&, const Assembled&, const Trained&) { return {}; }

}  // namespace asof
