// The one way a request fails: RFC 9457 problem details, with the request's id and the fields that are wrong.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "serve/http.h"

namespace asof {

/// What is wrong with one field of a request's body.
struct FieldProblem {
  std::string pointer;  ///< RFC 6901 JSON Pointer: "/user_id"; empty: the whole body
  std::string detail;
};

/// Thrown where a request turns out wrong; becomes the answer. `what()` is the detail: one sentence for the client,
/// without secrets.
class Problem : public std::runtime_error {
 public:
  Problem(int status, const std::string& detail) : std::runtime_error(detail), status_(status) {}

  /// 422, naming every field that is wrong. `fields` is not empty.
  explicit Problem(std::vector<FieldProblem> fields);

  Problem(int status, const std::string& detail, std::vector<FieldProblem> fields)
      : std::runtime_error(detail), status_(status), fields_(std::move(fields)) {}

  int status() const { return status_; }
  const std::vector<FieldProblem>& fields() const { return fields_; }

  /// Headers of the answer, such as `Allow`.
  std::vector<std::pair<std::string, std::string>> headers;

 private:
  int status_;
  std::vector<FieldProblem> fields_;
};

/// `path` is the request's.
HttpResponse to_response(const Problem& problem, std::string_view path, std::string_view request_id);

/// The JSON Schema of the body that `to_response` makes.
Json problem_schema();

/// A reference token of a JSON Pointer: `~` and `/` escaped.
std::string pointer_token(std::string_view name);

}  // namespace asof
