// `asof backup`: copies a store file, also while it is read and written.
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "cli/command.h"
#include "store/erase.h"
#include "store/sqlite_format.h"

namespace asof::commands {
namespace {

struct Options {
  std::string store;
  std::string out;
  bool force = false;
};

int run(const Options& options, Console& console) {
  if (!options.force && std::filesystem::exists(options.out))
    throw Error(Error::kUsage, format("{} exists; add --force to replace it", options.out));
  back_up(open_store(options.store, SqliteConnection::Access::kRead), options.out);
  const std::uintmax_t bytes = std::filesystem::file_size(options.out);
  console.say(format("{}: {} bytes, a copy of {} as it was at one moment", options.out, bytes, options.store));
  console.result(Json::Object{{"store", options.store}, {"out", options.out}, {"bytes", bytes}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("--store", options->store, "The store file; it may be in use").required();
  command.add_option("-o,--out", options->out, "The copy, a store file of its own").required();
  command.add_flag("--force", options->force, "Replace the copy if it exists");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command backup;
constinit const Command backup = {
    .name = "backup",
    .summary = "Copy a store file while it is in use",
    .example = "asof backup --store lender.db --out lender-backup.db",
    .declare = declare,
};

}  // namespace asof::commands
