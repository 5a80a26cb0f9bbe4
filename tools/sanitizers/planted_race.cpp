// A race on purpose. Built by the tsan preset only: its test passes when the thread sanitizer, with all suppressions
// in force, reports it. Without this, a suppression that hides everything would look like clean code.

#include <cstdio>
#include <thread>

namespace {

int counter = 0;

void count() {
  for (int i = 0; i < 1000; ++i) ++counter;
}

}  // namespace

int main() {
  std::thread other(count);
  count();
  other.join();
  std::printf("%d\n", counter);
}
