#include "serve/service.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <random>

#include "asof/error.h"
#include "base/clock.h"
#include "base/format.h"
#include "serve/endpoint.h"
#include "serve/problem.h"

namespace asof {
namespace {

/// A client's own request id is taken over when it is no longer than this and only of harmless letters.
constexpr std::size_t kRequestIdLengthMax = 64;
constexpr std::string_view kRetryAfterSeconds = "1";

/// Takes the text up to the next `/` off `rest`, the slash included.
std::string_view next_segment(std::string_view& rest) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view segment = rest.substr(0, slash);
  rest.remove_prefix(std::min(slash + 1, rest.size()));
  return segment;
}

/// What stands in `path` in place of the pattern's `{...}` segments; nothing when it does not match.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parameters;
  if (pattern.find('{') == std::string_view::npos) {
    if (pattern == path) return parameters;
    return std::nullopt;
  }
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return std::nullopt;
  while (!pattern.empty()) {
    const std::string_view expected = next_segment(pattern);
    const std::string_view segment = next_segment(path);
    if (expected.starts_with('{') && !segment.empty()) {
      parameters.push_back(percent_decoded(segment));
    } else if (expected != segment) {
      return std::nullopt;
    }
  }
  return parameters;
}

bool takes(const Endpoint& endpoint, std::string_view method) {
  return endpoint.method == method || (endpoint.method == "GET" && method == "HEAD");
}

bool is_harmless(std::string_view id) {
  return !id.empty() && id.size() <= kRequestIdLengthMax && std::ranges::all_of(id, [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           letter == '-' || letter == '_' || letter == '.';
  });
}

Problem unavailable(const std::string& detail) {
  Problem problem(503, detail);
  problem.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return problem;
}

/// What a client is told of a failure below; the log has the whole sentence.
Problem problem_of(const Error& error) {
  switch (error.kind()) {
    case Error::kUnavailable:
      return unavailable("the database with the rows of this request does not answer now; try again");
    case Error::kInvalidInput:
    case Error::kIncompatible:
    case Error::kNotFound:
      // The request itself was read before: it is the stored rows that do not fit.
      return unavailable("the stored rows of this request cannot be used for scoring; the server's log says why");
    case Error::kUsage:
    case Error::kInternal:
      break;
  }
  return {500, "an internal error; the server's log has it under this request id"};
}

}  // namespace

Service::Service(std::shared_ptr<const Scorer> scorer, std::shared_ptr<const UserStore> store, ServiceOptions options)
    : scorer_(std::move(scorer)),
      store_(std::move(store)),
      options_(std::move(options)),
      form_(scorer_->bundle()),
      provenance_(*scorer_) {
  if (!options_.now) options_.now = system_time;
  std::ranges::copy_if(all_endpoints(), std::back_inserter(endpoints_), [this](const Endpoint* endpoint) {
    return !endpoint->writes_store || store_->writer() != nullptr;
  });
  openapi_text_ = to_json(asof::openapi(endpoints_, *this));
  metrics_ = std::make_unique<const RequestMetrics>(endpoints_, scorer_->bundle());
  std::random_device random;
  start_id_ = (std::uint64_t{random()} << 32) | random();
}

template <class Respond>
HttpResponse Service::answer(const HttpRequest& request, const Respond& respond) const {
  try {
    return respond();
  } catch (const Problem& problem) {
    return to_response(problem, request.path, request.id);
  } catch (const Error& error) {
    const Problem problem = problem_of(error);
    log_failure(request, problem.status(), error.what());
    return to_response(problem, request.path, request.id);
  } catch (const std::exception& error) {
    const Problem problem = problem_of(Error(Error::kInternal, ""));
    log_failure(request, problem.status(), error.what());
    return to_response(problem, request.path, request.id);
  }
}

HttpResponse Service::answer_by(const Endpoint& endpoint, const HttpRequest& part) const {
  return answer(part, [&] { return endpoint.handle(part, *this); });
}

bool Service::may_wait(const HttpRequest& request) const noexcept {
  const bool reading_waits = store_->may_wait();
  const bool deciding_waits = store_->decision_log() != nullptr;
  return std::ranges::any_of(endpoints_, [&](const Endpoint* endpoint) {
    const bool waits = endpoint->takes_long || endpoint->writes_store || (endpoint->reads_store && reading_waits) ||
                       (endpoint->decides && deciding_waits);
    return waits && takes(*endpoint, request.method) && match(endpoint->path, request.path);
  });
}

HttpResponse Service::handle(const HttpRequest& request) const noexcept {
  const auto began = std::chrono::steady_clock::now();
  const std::string id = request_id(&request);
  const Endpoint* endpoint = nullptr;
  HttpRequest named = request;
  named.id = id;
  HttpResponse response = answer(named, [&] { return dispatch(named, endpoint); });
  response.headers.emplace_back("X-Request-Id", id);
  metrics_->count(endpoint, response.status, std::chrono::steady_clock::now() - began);
  return response;
}

HttpResponse Service::refuse(int status, std::string_view detail) const noexcept {
  const std::string id = request_id(nullptr);
  HttpResponse response = to_response(Problem(status, std::string(detail)), "", id);
  response.headers.emplace_back("X-Request-Id", id);
  metrics_->count(nullptr, status, {});
  return response;
}

HttpResponse Service::dispatch(const HttpRequest& request, const Endpoint*& answers) const {
  bool known_path = false;
  for (const Endpoint* endpoint : endpoints_) {
    std::optional<std::vector<std::string>> parameters = match(endpoint->path, request.path);
    if (!parameters) continue;
    known_path = true;
    if (!takes(*endpoint, request.method)) continue;
    answers = endpoint;
    if (options_.keys) options_.keys->require(request.header("Authorization"), endpoint->scope, options_.now());
    if (parameters->empty()) return endpoint->handle(request, *this);
    HttpRequest with_parameters = request;
    with_parameters.path_parameters = std::move(*parameters);
    return endpoint->handle(with_parameters, *this);
  }
  if (!known_path)
    throw Problem(404, format("there is nothing at {}; GET /openapi.json lists what there is", request.path));
  Problem problem(
      405, format("{} does not answer {}; it answers {}", request.path, request.method, allowed_methods(request.path)));
  problem.headers.emplace_back("Allow", allowed_methods(request.path));
  throw problem;
}

std::string Service::allowed_methods(std::string_view path) const {
  std::vector<std::string> methods;
  for (const Endpoint* endpoint : endpoints_) {
    if (!match(endpoint->path, path)) continue;
    methods.emplace_back(endpoint->method);
    if (endpoint->method == "GET") methods.emplace_back("HEAD");
  }
  return join(methods);
}

std::string Service::request_id(const HttpRequest* request) const {
  const std::string_view given = request == nullptr ? std::string_view{} : request->header("X-Request-Id");
  if (is_harmless(given)) return std::string(given);
  return format("{:016x}-{:x}", start_id_, requests_.fetch_add(1, std::memory_order_relaxed) + 1);
}

void Service::log_failure(const HttpRequest& request, int status, std::string_view why) const {
  if (options_.log) options_.log(format("{} {} -> {} [{}]: {}", request.method, request.path, status, request.id, why));
}

}  // namespace asof
