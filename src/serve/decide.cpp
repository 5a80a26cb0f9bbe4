#include "serve/decide.h"

#include "base/format.h"
#include "serve/json_body.h"

namespace asof {
namespace {

Decision decision_of(const HttpRequest& request, const Json& body, const Application& application, const UserRows& rows,
                     const Score& score, const Service& service) {
  const Bundle& bundle = service.scorer().bundle();
  return {.decided_at = service.now(),
          .knowledge = *rows.knowledge,
          .bundle = bundle.name,
          .version = bundle.version,
          .prior_repaid = service.scorer().options().prior_repaid,
          .user = application.entity,
          .request_id = std::string(request.id),
          .route = std::string(request.path),
          .application_at = application.at,
          .request = body,
          .probability = score.repayment_probability,
          .band = bundle.points.band_of(score.points),
          .rows_used = score.sources};
}

}  // namespace

Decided decide(const HttpRequest& request, const Service& service, WithReasons reasons) {
  const Json body = json_body(request);
  Decided decided{.request = service.form().read(body), .rows = {}, .explanation = {}, .headers = {}};
  const Application& application = decided.request.application;
  DecisionLog* log = service.store().decision_log();
  decided.headers.emplace_back("Cache-Control", "no-store");
  while (true) {
    decided.rows = service.store().read(application.entity, application.at);
    if (reasons == WithReasons::kYes) {
      decided.explanation = service.scorer().explain(application, decided.rows.history);
    } else {
      decided.explanation.score = service.scorer().score(application, decided.rows.history);
    }
    if (log == nullptr) return decided;
    const auto entry =
        log->append(decision_of(request, body, application, decided.rows, decided.explanation.score, service));
    if (!entry) continue;  // the person may have been erased since the rows were read
    decided.headers.emplace_back("X-Decision", format("{}:{}", entry->sequence, entry->hash));
    return decided;
  }
}

}  // namespace asof
