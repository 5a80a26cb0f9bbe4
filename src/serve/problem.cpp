#include "serve/problem.h"

#include "base/format.h"

namespace asof {
namespace {

std::string all_details(const std::vector<FieldProblem>& fields) {
  std::vector<std::string> details;
  details.reserve(fields.size());
  for (const FieldProblem& field : fields) details.push_back(field.detail);
  return join(details, "; ");
}

}  // namespace

Problem::Problem(std::vector<FieldProblem> fields)
    : std::runtime_error(all_details(fields)), status_(422), fields_(std::move(fields)) {}

HttpResponse to_response(const Problem& problem, std::string_view path, std::string_view request_id) {
  Json body = Json::Object{};
  body["type"] = "about:blank";
  body["title"] = reason_phrase(problem.status());
  body["status"] = problem.status();
  body["detail"] = problem.what();
  body["instance"] = path;
  body["request_id"] = request_id;
  if (!problem.fields().empty()) {
    Json::Array errors;
    for (const FieldProblem& field : problem.fields()) {
      errors.emplace_back(Json::Object{{"pointer", field.pointer}, {"detail", field.detail}});
    }
    body["errors"] = std::move(errors);
  }
  return {.status = problem.status(),
          .content_type = "application/problem+json",
          .body = to_json(body),
          .headers = problem.headers};
}

Json problem_schema() {
  const auto text = [](const char* description) {
    return Json(Json::Object{{"type", "string"}, {"description", description}});
  };
  const Json field = Json::Object{
      {"type", "object"},
      {"required", Json::Array{"pointer", "detail"}},
      {"properties", Json::Object{{"pointer", text("JSON Pointer (RFC 6901) to the field of the request's body")},
                                  {"detail", text("What is wrong with it, and what was expected")}}}};
  return Json::Object{
      {"type", "object"},
      {"description", "RFC 9457 problem details"},
      {"required", Json::Array{"type", "title", "status", "detail", "instance", "request_id"}},
      {"properties",
       Json::Object{{"type", text("about:blank: the status says what kind of problem it is")},
                    {"title", text("The status in words")},
                    {"status", Json::Object{{"type", "integer"}}},
                    {"detail", text("One sentence: what is wrong and what to do")},
                    {"instance", text("The path of the request")},
                    {"request_id", text("The same as in the X-Request-Id header; the server's log has it too")},
                    {"errors", Json::Object{{"type", "array"}, {"items", field}}}}}};
}

std::string pointer_token(std::string_view name) {
  std::string token;
  for (const char letter : name) {
    if (letter == '~') {
      token += "~0";
    } else if (letter == '/') {
      token += "~1";
    } else {
      token += letter;
    }
  }
  return token;
}

}  // namespace asof
