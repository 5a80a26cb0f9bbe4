// What a service did, counted for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace asof {

struct Endpoint;
struct Bundle;

/// Requests by route and status, and the seconds they took. Holds no path that a client made up and nothing of a
/// person. Safe for concurrent use.
class RequestMetrics {
 public:
  /// `endpoints` are those that answer; they outlive this. `bundle` is named in `asof_model_info`.
  RequestMetrics(std::span<const Endpoint* const> endpoints, const Bundle& bundle);
  ~RequestMetrics();

  /// `endpoint`: null when no route fits, or the bytes were no request.
  void count(const Endpoint* endpoint, int status, std::chrono::duration<double> took) const;

  /// All of it, in the text format 0.0.4.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asof
