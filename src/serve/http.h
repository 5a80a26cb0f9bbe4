// HTTP as endpoints and tests see it: plain values. The library behind it is visible in http_server.cpp only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asof/time.h"

namespace asof {

struct HttpHeader {
  std::string_view name;
  std::string_view value;
};

/// A request whose body has arrived. The texts belong to the connection and live until the answer is made.
struct HttpRequest {
  std::string_view method;  ///< as sent: "GET"
  std::string_view path;    ///< without the query: "/predict"
  std::string_view query;   ///< what follows its `?`, as sent: "partial=true"
  std::span<const HttpHeader> headers;
  std::string_view body;
  /// What stood in place of `{name}` in the endpoint's path, in its order, percent-decoded. Set by the Service.
  std::vector<std::string> path_parameters;

  /// The first header of that name in any case; empty when there is none.
  std::string_view header(std::string_view name) const;

  std::string_view id;  ///< what X-Request-Id of the answer will say. Set by the Service.
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  /// Besides Content-Type, Content-Length, Connection and Date, which the server writes.
  std::vector<std::pair<std::string, std::string>> headers;
};

/// "Not Found" for 404; "Unknown" for a status that asof does not use.
std::string_view reason_phrase(int status);

/// Whether two header names or tokens are the same: letters compare without case.
bool equal_without_case(std::string_view a, std::string_view b);

/// `a%20b` as `a b`; a `%` that no two hexadecimal digits follow stays as it is.
std::string percent_decoded(std::string_view text);

/// The path of a request's target, be it "/predict?x=1" or "http://host/predict".
std::string_view path_of_target(std::string_view target);

/// What follows the first `?` of a request's target; empty when there is none.
std::string_view query_of_target(std::string_view target);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Timestamp time);

/// Answers requests. Called from many threads at a time; nothing here may throw.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  /// Whether `handle` may wait for something outside the process, or computes for long. Such requests are handled on
  /// threads of their own.
  virtual bool may_wait(const HttpRequest& request) const noexcept = 0;

  virtual HttpResponse handle(const HttpRequest& request) const noexcept = 0;

  /// The answer to bytes that never became a request: too large, or no HTTP.
  virtual HttpResponse refuse(int status, std::string_view detail) const noexcept = 0;
};

}  // namespace asof
