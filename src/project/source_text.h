// `from:` as it is written, made into what a source understands: variables filled in, paths absolute.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "project/project.h"

namespace asof {

/// Fills in every `${VAR}` and notes it in `filled`. Throws Error::kInvalidInput naming a variable that is not set or
/// empty, and for `${` that no `}` ends; the message never holds a value.
std::string fill_in_variables(std::string_view text, const Environment& environment,
                              std::map<std::string, std::string>& filled);

/// The password in a URL (`scheme://user:password@host`) or behind `password=`; empty without one.
std::string_view password_in(std::string_view text);

/// Whether a password is written out in `text` instead of coming from the environment.
bool holds_password(std::string_view text);

/// Whether `text` begins with a scheme (`postgres:`) and so is no path.
bool has_scheme(std::string_view text);

/// `text` itself when it has a scheme, else the path it names, seen from `folder`.
std::string resolve_source(std::string_view text, const std::filesystem::path& folder);

}  // namespace asof
