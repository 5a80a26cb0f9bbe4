// The parameters of a model kind, read strictly: an unknown name or a value out of range is an error, never ignored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace asof {

class ParameterReader {
 public:
  /// `parameters` is an object and outlives the reader. `kind` is what messages call the model.
  ParameterReader(std::string_view kind, const Json& parameters);

  /// Replaces `value` if the parameter is given. Throws Error::kInvalidInput unless `low <= value <= high`.
  void read(std::string_view name, int& value, int low, int high);
  void read(std::string_view name, double& value, double low, double high);

  /// Throws Error::kInvalidInput when a parameter was given that nobody read.
  void finish() const;

 private:
  const Json* find(std::string_view name);
  std::string about(std::string_view name) const;

  std::string kind_;
  const Json& parameters_;
  std::vector<std::string> known_;
};

}  // namespace asof
