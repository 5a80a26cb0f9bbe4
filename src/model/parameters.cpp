#include "model/parameters.h"

#include <algorithm>

#include "base/format.h"

namespace asof {

ParameterReader::ParameterReader(std::string_view kind, const Json& parameters) : kind_(kind), parameters_(parameters) {
  if (!parameters.is_object()) {
    throw Error(Error::kInvalidInput,
                format("the parameters of {} must be an object, they are {}", kind_, parameters.kind()));
  }
}

const Json* ParameterReader::find(std::string_view name) {
  known_.emplace_back(name);
  return parameters_.find(name);
}

std::string ParameterReader::about(std::string_view name) const { return format("parameter `{}` of {}", name, kind_); }

void ParameterReader::read(std::string_view name, int& value, int low, int high) {
  const Json* given = find(name);
  if (given == nullptr) return;
  if (!given->is_integer() || given->as_integer() < low || given->as_integer() > high) {
    throw Error(Error::kInvalidInput,
                format("{} must be a whole number from {} to {}, it is {}", about(name), low, high, to_json(*given)));
  }
  value = static_cast<int>(given->as_integer());
}

void ParameterReader::read(std::string_view name, double& value, double low, double high) {
  const Json* given = find(name);
  if (given == nullptr) return;
  if (!given->is_number() || !(given->as_number() >= low && given->as_number() <= high)) {
    throw Error(Error::kInvalidInput, format("{} must be a number from {} to {}, it is {}", about(name),
                                             round_trippable(low), round_trippable(high), to_json(*given)));
  }
  value = given->as_number();
}

void ParameterReader::finish() const {
  for (const auto& [name, value] : parameters_.as_object()) {
    if (std::ranges::find(known_, name) == known_.end()) {
      throw Error(Error::kInvalidInput, format("unknown {}{}", about(name), did_you_mean(name, known_)));
    }
  }
}

}  // namespace asof
