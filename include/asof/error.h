// The one way asof fails. A message is one clear sentence: what, where (table, column, row or line),
// what was expected, what to do. Caught once in main, in the server and in a language binding.
#pragma once

#include <stdexcept>
#include <string>

namespace asof {

class Error : public std::runtime_error {
 public:
  enum Kind {
    kInvalidInput,  ///< The data, the project file or a request is wrong; the user can mend it.
    kUsage,         ///< The command line was used wrongly (exit code 2).
    kNotFound,      ///< A named thing does not exist.
    kIncompatible,  ///< Data and bundle, or bundle and program, do not fit.
    kUnavailable,   ///< A database or file cannot be reached now; trying again may help.
    kInternal,      ///< A promise of asof itself is broken; worth a bug report.
  };

  Error(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

}  // namespace asof
