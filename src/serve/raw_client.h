// A client for tests that sends exactly the bytes it is told, wrong ones too.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json.h"
#include "serve/http.h"

namespace asof {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  Json json() const { return parse_json(body); }
  /// Empty when absent.
  std::string header(const std::string& name) const {
    const auto place = headers.find(name);
    return place == headers.end() ? "" : place->second;
  }
};

/// One connection to 127.0.0.1. Every wait ends with an exception after ten seconds.
class RawClient {
 public:
  RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  explicit RawClient(std::uint16_t port) : RawClient() {
    if (!connect(port)) throw std::runtime_error("the server does not listen");
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  /// False when the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  /// The next response; nothing when the server closes the connection before one is complete. `head_only`: it answers
  /// HEAD.
  std::optional<RawResponse> response(bool head_only = false) {
    while (unread_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    const std::size_t end = unread_.find("\r\n\r\n") + 4;
    RawResponse response = parse_head(std::string_view(unread_).substr(0, end));
    unread_.erase(0, end);
    const std::string length = response.header("content-length");
    const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
    while (unread_.size() < size) {
      if (!receive()) return std::nullopt;
    }
    response.body = unread_.substr(0, size);
    unread_.erase(0, size);
    return response;
  }

  /// Sends a request with a body and waits for the answer; throws when there is none.
  RawResponse request(std::string_view method, std::string_view path, std::string_view body = {},
                      std::string_view more_headers = "Content-Type: application/json\r\n") {
    std::string text;
    text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_headers);
    if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text.append("\r\n").append(body);
    send(text);
    std::optional<RawResponse> answer = response(method == "HEAD");
    if (!answer) throw std::runtime_error("the server closed the connection without an answer");
    return *std::move(answer);
  }

  /// Waits until the server has closed the connection; false when it sends something instead.
  bool closed() {
    try {
      return unread_.empty() && !receive();
    } catch (const std::runtime_error&) {
      return false;
    }
  }

 private:
  static constexpr int kPatienceMs = 10'000;

  /// False at the end of the stream.
  bool receive() {
    pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, kPatienceMs) != 1) throw std::runtime_error("the server does not answer");
    char bytes[16384];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  static RawResponse parse_head(std::string_view head) {
    RawResponse response;
    std::size_t line_end = head.find("\r\n");
    response.status = std::stoi(std::string(head.substr(head.find(' ') + 1, 3)));
    while (true) {
      head.remove_prefix(line_end + 2);
      line_end = head.find("\r\n");
      const std::string_view line = head.substr(0, line_end);
      const std::size_t colon = line.find(": ");
      if (colon == std::string_view::npos) return response;
      std::string name(line.substr(0, colon));
      for (char& letter : name)
        letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
      response.headers[name] = line.substr(colon + 2);
    }
  }

  int socket_;
  std::string unread_;
};

}  // namespace asof
