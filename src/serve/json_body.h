// The JSON of a request's body, or of its lines.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "serve/http.h"

namespace asof {

/// Throws Problem: 415 when the body says that it is something else than JSON, 400 with the position when it is not.
Json json_body(const HttpRequest& request);

inline constexpr std::string_view kNdjson = "application/x-ndjson";

/// Whether the body says that it is one JSON value per line.
bool is_ndjson(const HttpRequest& request);

struct BodyLine {
  std::size_t number = 0;  ///< in the body, from 1; blank lines count
  std::string_view text;
};

/// The lines of such a body that are not blank. Throws Problem: 415 when it says that it is something else, 413 for
/// more than `lines_max`.
std::vector<BodyLine> ndjson_lines(const HttpRequest& request, std::size_t lines_max);

}  // namespace asof
