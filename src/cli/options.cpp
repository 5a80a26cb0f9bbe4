#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/format.h"

namespace asof {

Option Option::required() const { return Option(declared_->required()); }
Option Option::positive() const {
  const auto above_zero = [](const std::string& text) {
    double number = 0.0;
    const bool good = CLI::detail::lexical_cast(text, number) && number > 0.0;
    return good ? std::string() : format("a number above zero was expected, not `{}`", text);
  };
  return Option(declared_->check(above_zero, "above 0"));
}
Option Option::show_default() const { return Option(declared_->capture_default_str()); }
Option Option::show_default(std::string text) const { return Option(declared_->default_str(std::move(text))); }
Option Option::separated_by_commas() const { return Option(declared_->delimiter(',')); }
Option Option::value_optional() const { return Option(declared_->expected(0, 1)); }
Option Option::bytes() const { return Option(declared_->transform(CLI::AsSizeValue(false))); }
Option Option::needs(Option other) const { return Option(declared_->needs(other.declared_)); }
Option Option::excludes(Option other) const { return Option(declared_->excludes(other.declared_)); }
bool Option::given() const { return declared_->count() > 0; }

template <class T>
Option OptionSet::add_option(std::string names, T& value, std::string description) {
  return Option(app_.add_option(std::move(names), value, std::move(description)));
}

Option OptionSet::add_flag(std::string names, bool& value, std::string description) {
  return Option(app_.add_flag(std::move(names), value, std::move(description)));
}

template Option OptionSet::add_option(std::string, std::string&, std::string);
template Option OptionSet::add_option(std::string, std::filesystem::path&, std::string);
template Option OptionSet::add_option(std::string, std::vector<std::string>&, std::string);
template Option OptionSet::add_option(std::string, int&, std::string);
template Option OptionSet::add_option(std::string, std::uint16_t&, std::string);
template Option OptionSet::add_option(std::string, std::uint64_t&, std::string);
template Option OptionSet::add_option(std::string, double&, std::string);
template Option OptionSet::add_option(std::string, std::optional<std::uint64_t>&, std::string);
template Option OptionSet::add_option(std::string, std::optional<double>&, std::string);

}  // namespace asof
