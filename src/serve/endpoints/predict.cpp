// The repayment probability of one application, from what was known at its time.
#include "serve/endpoints.h"
#include "serve/json_body.h"
#include "serve/prediction.h"
#include "serve/service.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {400, 413, 415, 422, 503};

HttpResponse handle(const HttpRequest& request, const Service& service) {
  const ApplicationRequest wanted = service.form().read(json_body(request));
  const UserRows rows = service.store().read(wanted.application.entity, wanted.application.at);
  const Score score = service.scorer().score(wanted.application, rows.history);
  return {.body = to_json(prediction_json(score, service.scorer().bundle())),
          .headers = {{"Cache-Control", "no-store"}}};
}

Json operation(const Service& service) { return prediction_operation(service, "predict", prediction_schema(service)); }

}  // namespace

constinit const Endpoint predict = {.method = "POST",
                                    .path = "/predict",
                                    .summary = "Score one application",
                                    .scope = Permission::kScore,
                                    .reads_store = true,
                                    .problems = kProblems,
                                    .operation = operation,
                                    .handle = handle};

}  // namespace asof::endpoints
