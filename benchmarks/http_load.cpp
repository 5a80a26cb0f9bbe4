// Sends requests to a server on this machine and says how fast and how evenly it answers: the load of `make
// bench-serve`. One thread, keep-alive connections, one request in flight on each, and no other library: what it costs
// is taken from the cores that the server has too.
//
// Without --rate a connection sends its next request when it has the answer (a closed loop: the greatest throughput).
// With --rate requests fall due at random moments, as from many independent clients, whatever the server does; a
// latency begins when the request was due, not when a connection was free to send it, so that a stall counts for all
// who met it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asof/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/random.h"

namespace asof {
namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

constexpr std::uint64_t kArrivalSeed = 1;
constexpr int kOk = 200;

struct Options {
  std::uint16_t port = 0;
  std::string path = "/predict";
  std::string content_type = "application/json";
  std::string requests;  ///< a file of bodies, an empty line after each; sent in its order, then again from the first
  std::string answers;   ///< gets the body of each answer, a line each in the order of the requests; needs `once`
  int connections = 16;
  double rate_per_s = 0.0;  ///< 0: closed loop
  double warm_up_s = 1.0;   ///< requests due before are not counted
  double seconds = 10.0;    ///< that are counted
  bool once = false;        ///< each request at most once, all from the first on counted

  /// Throws Error::kUsage.
  void validate() const {
    if (!answers.empty() && !once) throw Error(Error::kUsage, "--answers needs --once: one answer to each request");
    if (!(seconds > 0.0)) throw Error(Error::kUsage, format("--seconds is {}; more than 0 was expected", seconds));
  }
};

[[noreturn]] void fail_with_errno(std::string_view what) {
  throw Error(Error::kUnavailable, format("{}: {}", what, std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// Whole requests, header and body, ready to be sent.
std::vector<std::string> read_requests(const Options& options) {
  std::ifstream file(options.requests, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> requests;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find("\n\n", begin), text.size());
    const std::string_view body = std::string_view(text).substr(begin, end - begin);
    requests.push_back(
        format("POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
               options.path, options.port, options.content_type, body.size(), body));
    begin = end + 2;
  }
  if (requests.empty()) throw Error(Error::kInvalidInput, format("{} has no requests", options.requests));
  return requests;
}

struct Answer {
  int status = 0;
  std::string body;
};

/// The answer at the beginning of `bytes`, which it is taken from; nothing while it is not all there.
std::optional<Answer> take_answer(std::string& bytes) {
  constexpr std::string_view kLength = "\r\ncontent-length:";
  constexpr std::size_t kStatusAt = 9;  // after "HTTP/1.1 "
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const std::string_view head = std::string_view(bytes).substr(0, end);
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  const auto field = std::search(head.begin(), head.end(), kLength.begin(), kLength.end(), same);
  if (field == head.end()) throw Error(Error::kInvalidInput, "an answer without Content-Length cannot be read here");
  const char* digits = &*field + kLength.size();
  while (*digits == ' ') ++digits;
  std::size_t length = 0;
  std::from_chars(digits, bytes.data() + end, length);
  const std::size_t body = end + 4;
  if (bytes.size() < body + length) return std::nullopt;
  Answer answer;
  std::from_chars(bytes.data() + kStatusAt, bytes.data() + end, answer.status);
  answer.body = bytes.substr(body, length);
  bytes.erase(0, body + length);
  return answer;
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail_with_errno(format("cannot connect to port {} of this machine", port));
    const int yes = 1;
    ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }

  int socket() const { return socket_.number(); }

  /// Blocks while the server does not read.
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0) fail_with_errno("cannot send a request");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// What has arrived, once something has.
  std::optional<Answer> receive() {
    char bytes[1 << 16];
    const ssize_t count = ::recv(socket(), bytes, sizeof bytes, 0);
    if (count < 0) fail_with_errno("cannot receive an answer");
    if (count == 0) throw Error(Error::kUnavailable, "the server closed a connection");
    received_.append(bytes, static_cast<std::size_t>(count));
    return take_answer(received_);
  }

  Clock::time_point due;    ///< of the request in flight
  std::size_t request = 0;  ///< its number, counted from the beginning

 private:
  Descriptor socket_;
  std::string received_;
};

struct Measured {
  std::vector<Nanoseconds> latencies;  ///< of the answers that count
  std::size_t answers_in_all = 0;
  double seconds = 0.0;
  std::vector<std::string> answers;
};

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), requests_(read_requests(options)), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (options.once) measured_.answers.resize(requests_.size());
    for (int i = 0; i < options.connections; ++i) {
      Connection& connection = *connections_.emplace_back(std::make_unique<Connection>(options.port));
      idle_.push_back(&connection);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      if (::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, connection.socket(), &event) != 0) fail_with_errno("epoll_ctl");
    }
  }

  Measured run() {
    begin_ = Clock::now();
    counted_from_ = begin_ + (options_.once ? Nanoseconds(0) : nanoseconds(options_.warm_up_s));
    end_ = counted_from_ + nanoseconds(options_.seconds);
    next_due_ = begin_;
    send_what_is_due();
    while (in_flight() > 0 || more_to_send()) {
      wait();
      send_what_is_due();
    }
    const Clock::time_point last = options_.once ? Clock::now() : end_;
    measured_.seconds = std::chrono::duration<double>(last - counted_from_).count();
    return std::move(measured_);
  }

 private:
  static Nanoseconds nanoseconds(double seconds) {
    return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(seconds));
  }
  bool closed_loop() const { return options_.rate_per_s == 0.0; }
  std::size_t in_flight() const { return connections_.size() - idle_.size(); }

  bool more_to_send() const {
    if (options_.once && sent_ == requests_.size()) return false;
    return (closed_loop() ? Clock::now() : next_due_) < end_;
  }

  /// Requests that are due and find no connection free wait for one; their latencies run.
  void send_what_is_due() {
    while (!idle_.empty() && more_to_send()) {
      const Clock::time_point now = Clock::now();
      if (closed_loop()) next_due_ = now;
      if (next_due_ > now) return;
      Connection& connection = *idle_.front();
      idle_.pop_front();
      connection.due = next_due_;
      connection.request = sent_++;
      connection.send(requests_[connection.request % requests_.size()]);
      if (!closed_loop()) next_due_ += nanoseconds(-std::log1p(-random_.uniform()) / options_.rate_per_s);
    }
  }

  /// Until an answer arrives or the next request is due.
  void wait() {
    constexpr int kEvents = 64;
    epoll_event events[kEvents];
    timespec patience{};
    timespec* until = nullptr;
    if (!closed_loop() && !idle_.empty() && more_to_send()) {
      const Nanoseconds left = std::max(Nanoseconds(0), Nanoseconds(next_due_ - Clock::now()));
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
      patience = {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
      until = &patience;
    }
    const int count = ::epoll_pwait2(poll_.number(), events, kEvents, until, nullptr);
    if (count < 0 && errno != EINTR) fail_with_errno("epoll_pwait2");
    for (int i = 0; i < count; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
  }

  void receive(Connection& connection) {
    std::optional<Answer> answer = connection.receive();
    if (!answer) return;
    const Clock::time_point now = Clock::now();
    ++measured_.answers_in_all;
    if (answer->status != kOk)
      throw Error(Error::kUnavailable,
                  format("request {} was answered with {}: {}", connection.request, answer->status, answer->body));
    // Closed loop: an answer counts in the second in which it came, so that the rate is that of answers.
    const Clock::time_point when = closed_loop() && !options_.once ? now : connection.due;
    if (when >= counted_from_ && (options_.once || when < end_)) measured_.latencies.push_back(now - connection.due);
    if (options_.once) measured_.answers[connection.request] = std::move(answer->body);
    idle_.push_back(&connection);
  }

  const Options& options_;
  std::vector<std::string> requests_;
  Descriptor poll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> idle_;  // the one that has rested longest is first
  Random random_{kArrivalSeed};
  Clock::time_point begin_, counted_from_, end_, next_due_;
  std::size_t sent_ = 0;
  Measured measured_;
};

/// The least latency that at least `share` of all do not exceed, in milliseconds.
double quantile_ms(const std::vector<Nanoseconds>& ordered, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ordered.size())));
  return std::chrono::duration<double, std::milli>(ordered[std::max<std::size_t>(rank, 1) - 1]).count();
}

Json summary(const Measured& measured) {
  std::vector<Nanoseconds> ordered = measured.latencies;
  if (ordered.empty()) throw Error(Error::kUnavailable, "no answer came in the seconds that count");
  std::ranges::sort(ordered);
  return Json::Object{{"answers", measured.answers_in_all},
                      {"requests", ordered.size()},
                      {"seconds", measured.seconds},
                      {"requests_per_second", static_cast<double>(ordered.size()) / measured.seconds},
                      {"p50_ms", quantile_ms(ordered, 0.5)},
                      {"p99_ms", quantile_ms(ordered, 0.99)},
                      {"p999_ms", quantile_ms(ordered, 0.999)},
                      {"max_ms", quantile_ms(ordered, 1.0)}};
}

void run(const Options& options) {
  options.validate();
  const Measured measured = Load(options).run();
  if (!options.answers.empty()) {
    std::ofstream file(options.answers, std::ios::binary);
    for (const std::string& answer : measured.answers) file << answer << '\n';
    if (!file.flush()) throw Error(Error::kUnavailable, format("cannot write {}", options.answers));
  }
  std::cout << to_json(summary(measured)) << '\n';
}

}  // namespace
}  // namespace asof

int main(int count, char** values) {
  asof::Options options;
  CLI::App app("Load on an HTTP server of this machine");
  app.add_option("--port", options.port)->required();
  app.add_option("--path", options.path)->capture_default_str();
  app.add_option("--content-type", options.content_type)->capture_default_str();
  app.add_option("--requests", options.requests, "Bodies, an empty line after each")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--connections", options.connections)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--rate", options.rate_per_s, "Requests per second; 0: as fast as they are answered")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--warm-up", options.warm_up_s, "Seconds before counting")->check(CLI::NonNegativeNumber);
  app.add_option("--seconds", options.seconds)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_flag("--once", options.once, "Every request once at most, all counted");
  app.add_option("--answers", options.answers, "Gets the answers, a line each");
  CLI11_PARSE(app, count, values);
  try {
    asof::run(options);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "asof_bench_http_load: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
