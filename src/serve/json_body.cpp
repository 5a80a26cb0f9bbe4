#include "serve/json_body.h"

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

}  // namespace

Json json_body(const HttpRequest& request) {
  const std::string_view type = request.header("Content-Type");
  if (!type.empty() && !is_json(type)) {
    throw Problem(415, format("the body is sent as {}; send JSON with `Content-Type: application/json`", type));
  }
  const std::string_view encoding = request.header("Content-Encoding");
  if (!encoding.empty() && !equal_without_case(encoding, "identity")) {
    throw Problem(415, format("the body is sent with `Content-Encoding: {}`; send it uncompressed", encoding));
  }
  if (request.body.empty()) throw Problem(400, "the body is empty; a JSON object was expected");
  try {
    return parse_json(request.body);
  } catch (const Error& error) {
    throw Problem(400, error.what());
  }
}

}  // namespace asof
