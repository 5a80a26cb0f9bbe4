// Reads columns of tables as training does, and does nothing with them: what is left of a run's time is the engine's.
//
//   asof_bench_read THREADS TABLE=COLUMN,COLUMN,... [TABLE=...]
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asof/error.h"
#include "sources/source.h"

namespace asof {
namespace {

std::vector<ColumnRequest> requests(std::string_view columns) {
  std::vector<ColumnRequest> result;
  while (!columns.empty()) {
    const std::size_t comma = std::min(columns.find(','), columns.size());
    result.push_back({.name = std::string(columns.substr(0, comma)), .type = {}, .missing = {}});
    columns.remove_prefix(std::min(comma + 1, columns.size()));
  }
  return result;
}

int run(std::span<const std::string> arguments) {
  int threads = 0;
  if (arguments.size() >= 2) std::from_chars(arguments[0].data(), arguments[0].data() + arguments[0].size(), threads);
  if (threads < 1) throw Error(Error::kUsage, "usage: asof_bench_read THREADS TABLE=COLUMN,COLUMN,... [TABLE=...]");
  for (const std::string& argument : arguments.subspan(1)) {
    const std::size_t equals = argument.rfind('=');
    if (equals == std::string::npos) throw Error(Error::kUsage, "a table is given as FILE=COLUMN,COLUMN,...");
    const std::string from = argument.substr(0, equals);
    const ReadRequest request{.table = from,
                              .from = from,
                              .columns = requests(std::string_view(argument).substr(equals + 1)),
                              .zone = {},
                              .threads = threads};
    std::atomic<std::size_t> rows = 0;
    read_batches(request, [&](const Table& batch) { rows += batch.rows; });
    std::cout << from << ": " << rows << " rows\n";
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace asof

int main(int count, char** values) {
  try {
    const std::vector<std::string> arguments(values + 1, values + count);
    return asof::run(arguments);
  } catch (const asof::Error& error) {
    std::cerr << "asof_bench_read: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
