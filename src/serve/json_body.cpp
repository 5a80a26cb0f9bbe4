#include "serve/json_body.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "serve/problem.h"

namespace asof {
namespace {

/// "application/json", also with parameters, and types such as "application/ld+json".
bool is_json(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  constexpr std::string_view kSuffix = "+json";
  return equal_without_case(type, "application/json") ||
         (type.size() > kSuffix.size() && equal_without_case(type.substr(type.size() - kSuffix.size()), kSuffix));
}

void refuse_encoded(const HttpRequest& request) {
  const std::string_view encoding = request.header("Content-Encoding");
  if (!encoding.empty() && !equal_without_case(encoding, "identity")) {
    throw Problem(415, format("the body is sent with `Content-Encoding: {}`; send it uncompressed", encoding));
  }
}

}  // namespace

bool is_ndjson(const HttpRequest& request) {
  const std::string_view type = request.header("Content-Type");
  const std::string_view bare = type.substr(0, type.find_first_of("; "));
  return equal_without_case(bare, kNdjson) || equal_without_case(bare, "application/ndjson") ||
         equal_without_case(bare, "application/jsonl");
}

std::vector<BodyLine> ndjson_lines(const HttpRequest& request, std::size_t lines_max) {
  const std::string_view type = request.header("Content-Type");
  if (!type.empty() && !is_ndjson(request)) {
    throw Problem(
        415, format("the body is sent as {}; send one JSON object per line with `Content-Type: {}`", type, kNdjson));
  }
  refuse_encoded(request);
  std::vector<BodyLine> lines;
  std::string_view rest = request.body;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (lines.size() == lines_max)
      throw Problem(413, format("more than {} lines; send them in several requests", lines_max));
    lines.push_back({number, text});
  }
  return lines;
}

Json json_body(const HttpRequest& request) {
  const std::string_view type = request.header("Content-Type");
  if (!type.empty() && !is_json(type)) {
    throw Problem(415, format("the body is sent as {}; send JSON with `Content-Type: application/json`", type));
  }
  refuse_encoded(request);
  if (request.body.empty()) throw Problem(400, "the body is empty; a JSON object was expected");
  try {
    return parse_json(request.body);
  } catch (const Error& error) {
    throw Problem(400, error.what());
  }
}

}  // namespace asof
