// Many applications in one request, one per line. Each line is answered by the endpoint of a single score itself, so
// the two cannot differ, and a line that goes wrong is a problem of its own.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/format.h"
#include "base/parallel.h"
#include "serve/endpoints.h"
#include "serve/json_body.h"
#include "serve/prediction.h"
#include "serve/problem.h"
#include "serve/schema.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415};
constexpr std::size_t kLinesMax = 10'000;
/// So many lines are a thread's at a time.
constexpr std::size_t kLinesPerPiece = 16;
constexpr std::string_view kDecision = "X-Decision";

HttpResponse answer_line(std::string_view line, std::size_t index, const HttpRequest& request, const Service& service) {
  const std::string id = format("{}:{}", request.id, index);
  HttpResponse response = service.answer_by(
      score, {.method = request.method, .path = request.path, .body = line, .path_parameters = {}, .id = id});
  if (response.status == 200) return response;
  Json problem = parse_json(response.body);
  problem["index"] = static_cast<std::int64_t>(index);
  response.body = to_json(problem);
  return response;
}

/// "17:5f..." as 17.
std::int64_t sequence_of(std::string_view decision) {
  std::int64_t sequence = 0;
  std::from_chars(decision.data(), decision.data() + decision.size(), sequence);
  return sequence;
}

/// The latest entry of the log: it vouches for those before it, so for the whole batch. Empty: nothing was logged.
std::string latest_decision(const std::vector<HttpResponse>& answers) {
  std::string latest;
  for (const HttpResponse& answer : answers) {
    for (const auto& [name, value] : answer.headers) {
      if (name == kDecision && sequence_of(value) > sequence_of(latest)) latest = value;
    }
  }
  return latest;
}

HttpResponse handle(const HttpRequest& request, const Service& service) {
  const std::vector<BodyLine> lines = ndjson_lines(request, kLinesMax);
  if (lines.empty()) throw Problem(400, "the body has no line; one JSON object per line was expected");
  std::vector<HttpResponse> answers(lines.size());
  parallel_for(lines.size(), kLinesPerPiece, service.batch_threads(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) answers[i] = answer_line(lines[i].text, i, request, service);
  });

  HttpResponse response{.content_type = std::string(kNdjson), .body = {}, .headers = {{"Cache-Control", "no-store"}}};
  for (const HttpResponse& answer : answers) response.body.append(answer.body).append("\n");
  std::string decision = latest_decision(answers);
  if (!decision.empty()) response.headers.emplace_back(kDecision, std::move(decision));
  return response;
}

Json operation(const Service& service) {
  const Json problem = Json::Object{
      {"allOf",
       Json::Array{Json::Object{{"$ref", "#/components/schemas/Problem"}},
                   schema::object("", {{"index", schema::typed("integer", "Which of the lines sent, from 0")}})}}};
  const auto content = [](Json schema) {
    return Json(Json::Object{{std::string(kNdjson), Json::Object{{"schema", std::move(schema)}}}});
  };
  return Json::Object{
      {"operationId", "score_batch"},
      {"description",
       format(
           "One application per line, as `/v1/score` takes it, and one answer per line in the same order: the answer "
           "of `/v1/score`, or a problem that says which line it is of. A bad line does not stop the others. Blank "
           "lines are passed over and not counted. At most {} lines; the whole body may be no larger than that of any "
           "other request. The answer is sent when all of it is there. Where decisions are logged, each line is one, "
           "and `X-Decision` names the latest of them.",
           kLinesMax)},
      {"requestBody", Json::Object{{"required", true}, {"content", content(service.form().schema())}}},
      {"responses",
       Json::Object{{"200", Json::Object{{"description", "A line for each line"},
                                         {"content", content(Json::Object{
                                                         {"anyOf", Json::Array{score_schema(service), problem}}})}}}}}};
}

}  // namespace

constinit const Endpoint score_batch = {.method = "POST",
                                        .path = "/v1/score:batch",
                                        .summary = "Score many applications, one per line",
                                        .scope = Permission::kScore,
                                        .reads_store = true,
                                        .takes_long = true,
                                        .decides = true,
                                        .problems = kProblems,
                                        .operation = operation,
                                        .handle = handle};

}  // namespace asof::endpoints
