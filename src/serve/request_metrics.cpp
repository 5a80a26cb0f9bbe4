#include "serve/request_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

#include "score/bundle.h"
#include "serve/endpoint.h"

namespace asof {
namespace {

/// Upper bounds in seconds: a score from memory takes less than the first, a client's patience ends at the last.
const prometheus::Histogram::BucketBoundaries kSeconds = {1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025,
                                                          0.05, 0.1,    0.25, 0.5,  1.0,    2.5,  10.0};
constexpr int kDone = 200;

}  // namespace

struct RequestMetrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("asof_http_requests_total")
                                                          .Help("Answered requests by route and status.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("asof_http_request_seconds")
          .Help("Seconds from a whole request to its answer, without the network.")
          .Register(registry);

  struct Route {
    prometheus::Labels labels;
    prometheus::Counter* done = nullptr;
    prometheus::Histogram* seconds = nullptr;
  };
  std::map<const Endpoint*, Route> routes;

  void add(const Endpoint* endpoint, prometheus::Labels labels) {
    Route& route = routes[endpoint];
    route.seconds = &seconds.Add(labels, kSeconds);
    route.labels = std::move(labels);
    if (endpoint != nullptr) route.done = &counter(route, kDone);
  }

  prometheus::Counter& counter(const Route& route, int status) {
    prometheus::Labels labels = route.labels;
    labels["status"] = std::to_string(status);
    return requests.Add(labels);
  }
};

RequestMetrics::RequestMetrics(std::span<const Endpoint* const> endpoints, const Bundle& bundle)
    : state_(std::make_unique<State>()) {
  prometheus::BuildGauge()
      .Name("asof_model_info")
      .Help("The model that answers; always 1.")
      .Register(state_->registry)
      .Add({{"name", bundle.name}, {"version", bundle.version}, {"kind", bundle.kind}})
      .Set(1.0);
  for (const Endpoint* endpoint : endpoints)
    state_->add(endpoint, {{"method", std::string(endpoint->method)}, {"path", std::string(endpoint->path)}});
  state_->add(nullptr, {{"method", ""}, {"path", ""}});
}

RequestMetrics::~RequestMetrics() = default;

void RequestMetrics::count(const Endpoint* endpoint, int status, std::chrono::duration<double> took) const {
  const State::Route& route = state_->routes.at(endpoint);
  prometheus::Counter& counter =
      status == kDone && route.done != nullptr ? *route.done : state_->counter(route, status);
  counter.Increment();
  route.seconds->Observe(took.count());
}

std::string RequestMetrics::text() const { return prometheus::TextSerializer().Serialize(state_->registry.Collect()); }

}  // namespace asof
