// One application's score with what a lender decides by: points, band, and the reasons that a refused person is told.
#include <utility>

#include "serve/decide.h"
#include "serve/endpoints.h"
#include "serve/prediction.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415, 422, 503};

HttpResponse handle(const HttpRequest& request, const Service& service) {
  Decided decided = decide(request, service, WithReasons::kYes);
  return {.body = to_json(score_json(decided.explanation, service.scorer().bundle())),
          .headers = std::move(decided.headers)};
}

Json operation(const Service& service) { return prediction_operation(service, "score", score_schema(service)); }

}  // namespace

extern const Endpoint score;
constinit const Endpoint score = {.method = "POST",
                                  .path = "/v1/score",
                                  .summary = "Score one application, with points, band and reasons",
                                  .scope = Permission::kScore,
                                  .reads_store = true,
                                  .decides = true,
                                  .problems = kProblems,
                                  .operation = operation,
                                  .handle = handle};

}  // namespace asof::endpoints
