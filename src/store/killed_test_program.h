// For tests: this program once more, which does something for ever and tells what was acknowledged, until it is killed.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace asof {

/// Where the program that will be killed writes what it tells: whole values of one trivial type.
inline constexpr int kAcknowledged = 3;

struct KilledProgram {
  std::string filter;                              ///< of its tests
  std::map<std::string, std::string> environment;  ///< by which the test knows that it shall not end
  std::chrono::milliseconds life;                  ///< from the first value that it tells on, or from its start
  bool from_start = false;
};

/// What it told before it was killed. It is a program of its own, since a forked copy of a process with threads could
/// not have threads of its own everywhere.
template <class Told>
std::vector<Told> told_before_kill(const KilledProgram& program) {
  int ends[2] = {};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    for (const auto& [name, value] : program.environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::dup2(ends[1], kAcknowledged);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    const std::string filter = "--gtest_filter=" + program.filter;
    ::execl("/proc/self/exe", "asof_store_test", filter.c_str(), static_cast<char*>(nullptr));
    ::_exit(4);
  }
  ::close(ends[1]);
  std::vector<Told> all;
  Told one;
  if (!program.from_start && ::read(ends[0], &one, sizeof one) == sizeof one) all.push_back(one);
  std::this_thread::sleep_for(program.life);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the program ended by itself: " << status;
  while (::read(ends[0], &one, sizeof one) == sizeof one) all.push_back(one);
  ::close(ends[0]);
  return all;
}

/// How many times a test kills: ASOF_KILLS, or `usually`.
inline int kills_wanted(int usually) {
  const char* wanted = std::getenv("ASOF_KILLS");
  return wanted == nullptr ? usually : std::atoi(wanted);
}

}  // namespace asof
