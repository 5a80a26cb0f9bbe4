// The API without the network: from a request to its answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asof/time.h"
#include "score/provenance.h"
#include "score/scorer.h"
#include "serve/api_keys.h"
#include "serve/application_form.h"
#include "serve/http.h"
#include "serve/request_metrics.h"
#include "store/user_store.h"

namespace asof {

struct Endpoint;

struct ServiceOptions {
  std::function<Timestamp()> now;                    ///< the only clock; empty: the system's
  int batch_threads = 1;                             ///< that work on the lines of one request
  std::optional<ApiKeys> keys;                       ///< absent: nobody is asked for one
  std::function<void(const std::string& line)> log;  ///< told of failures that are not the client's; empty: nobody
};

/// Finds the endpoint of a request, and turns whatever goes wrong into a problem with the request's id.
/// Safe for concurrent use.
class Service final : public HttpHandler {
 public:
  Service(std::shared_ptr<const Scorer> scorer, std::shared_ptr<const UserStore> store, ServiceOptions options);

  const Scorer& scorer() const { return *scorer_; }
  const UserStore& store() const { return *store_; }
  const ApplicationForm& form() const { return form_; }
  const Provenance& provenance() const { return provenance_; }
  Timestamp now() const { return options_.now(); }
  int batch_threads() const { return options_.batch_threads; }
  bool asks_for_keys() const { return options_.keys.has_value(); }
  /// What this service answers: all endpoints, or those that need no store that takes rows.
  const std::vector<const Endpoint*>& endpoints() const { return endpoints_; }
  /// The description of the API, as JSON text.
  const std::string& openapi_text() const { return openapi_text_; }
  const RequestMetrics& metrics() const { return *metrics_; }

  /// What `endpoint` answers to a part of a request, whose path and id it has; whatever goes wrong is a problem.
  HttpResponse answer_by(const Endpoint& endpoint, const HttpRequest& part) const;

  bool may_wait(const HttpRequest& request) const noexcept override;
  HttpResponse handle(const HttpRequest& request) const noexcept override;
  HttpResponse refuse(int status, std::string_view detail) const noexcept override;

 private:
  /// What `respond` gives, or the problem that it throws.
  template <class Respond>
  HttpResponse answer(const HttpRequest& request, const Respond& respond) const;
  /// `answers` becomes the endpoint of the request, when there is one.
  HttpResponse dispatch(const HttpRequest& request, const Endpoint*& answers) const;
  std::string allowed_methods(std::string_view path) const;
  std::string request_id(const HttpRequest* request) const;
  void log_failure(const HttpRequest& request, int status, std::string_view why) const;

  std::shared_ptr<const Scorer> scorer_;
  std::shared_ptr<const UserStore> store_;
  ServiceOptions options_;
  ApplicationForm form_;
  Provenance provenance_;
  std::vector<const Endpoint*> endpoints_;
  std::string openapi_text_;
  std::unique_ptr<const RequestMetrics> metrics_;
  std::uint64_t start_id_ = 0;  // makes ids of this process differ from those of others
  mutable std::atomic<std::uint64_t> requests_{0};
};

}  // namespace asof
