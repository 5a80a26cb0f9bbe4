#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "cli/command.h"

namespace asof {
namespace {

constexpr double kBarEverySeconds = 0.1;
constexpr double kLineEverySeconds = 5.0;
constexpr std::size_t kBarWidth = 24;

bool set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string bar(std::uint64_t done, std::uint64_t total) {
  const std::size_t filled = kBarWidth * std::min(done, total) / total;
  return fmt::format("[{}{}] {:3}%", std::string(filled, '='), std::string(kBarWidth - filled, ' '),
                     100 * std::min(done, total) / total);
}

}  // namespace

Console::Console() {
  const char* term = std::getenv("TERM");
  const bool plain = set("NO_COLOR") || (term != nullptr && std::string_view(term) == "dumb");
  terminal_ = isatty(STDERR_FILENO) != 0 && !plain;
  colour_ = isatty(STDOUT_FILENO) != 0 && !plain;
}

Console::~Console() { end_bar(); }

void Console::say(std::string_view line) {
  if (json) return;
  end_bar();
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void Console::result(const Json& value) {
  if (!json) return;
  end_bar();
  fmt::print("{}", to_pretty_json(value));
}

void Console::note(std::string_view line) {
  if (quiet) return;
  end_bar();
  fmt::print(stderr, "{}\n", line);
}

void Console::warn(std::string_view line) {
  end_bar();
  fmt::print(stderr, "{} {}\n", terminal_ ? "\x1b[33mwarning:\x1b[0m" : "warning:", line);
}

Progress Console::progress() {
  return [this](std::string_view what, std::uint64_t done, std::uint64_t total) {
    if (quiet) return;
    const double now = seconds();
    const bool finished = total > 0 && done >= total;
    if (now - bar_drawn_ < (terminal_ ? kBarEverySeconds : kLineEverySeconds) && !(terminal_ && finished)) return;
    const bool first = bar_drawn_ == 0.0;
    bar_drawn_ = now;
    const std::string state = total > 0 ? bar(done, total) : fmt::format("{}", done);
    if (terminal_) {
      fmt::print(stderr, "\r\x1b[K{} {}", state, what);
      std::fflush(stderr);
      bar_open_ = true;
    } else if (!first) {
      fmt::print(stderr, "{} {}\n", state, what);
    }
  };
}

void Console::end_bar() {
  if (bar_open_) fmt::print(stderr, "\r\x1b[K");
  bar_open_ = false;
}

std::string Console::styled(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}
std::string Console::bold(std::string_view text) const { return styled("1", text); }
std::string Console::dim(std::string_view text) const { return styled("2", text); }
std::string Console::red(std::string_view text) const { return styled("31", text); }
std::string Console::green(std::string_view text) const { return styled("32", text); }
std::string Console::yellow(std::string_view text) const { return styled("33", text); }

}  // namespace asof
