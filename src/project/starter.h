// A first project file: what `asof init` writes. What cannot be known from data (a time zone, whether undated rows may
// be used, when an outcome was known) becomes a question in a comment.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "project/survey.h"

namespace asof {

/// The text of a project file. It can be read as soon as the questions in it that must be answered are.
std::string guess_project(std::string_view name, std::span<const SurveyedTable> tables, const Peek& peek);

/// How many questions such a text asks: lines with `# ?`.
std::size_t questions_in(std::string_view text);

}  // namespace asof
