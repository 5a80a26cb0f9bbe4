// How a command says which options it takes. The parser behind it, CLI11, is known to options.cpp and program.cpp
// alone.
#pragma once

#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace asof {

/// One declared option. Each method adds a demand and returns the same option.
class Option {
 public:
  explicit Option(CLI::Option* declared) : declared_(declared) {}

  Option required() const;
  Option positive() const;      ///< a number above zero
  Option show_default() const;  ///< --help shows the value that the variable has now
  Option show_default(std::string text) const;
  Option separated_by_commas() const;  ///< for several values: `a,b` is two
  Option value_optional() const;       ///< the option may stand alone
  Option bytes() const;                ///< an integer that takes units: 200MB, 1GiB
  Option needs(Option other) const;
  Option excludes(Option other) const;
  bool given() const;  ///< once the command line is parsed

 private:
  CLI::Option* declared_;
};

/// The options of one command. The variables that are given must outlive the parsing.
class OptionSet {
 public:
  explicit OptionSet(CLI::App& app) : app_(app) {}

  /// `names` are such as `-o,--out`, or `project` for a value that stands alone. T is a text, a number, an optional
  /// one, or a vector of texts; options.cpp lists the types.
  template <class T>
  Option add_option(std::string names, T& value, std::string description);
  Option add_flag(std::string names, bool& value, std::string description);

 private:
  CLI::App& app_;
};

}  // namespace asof
