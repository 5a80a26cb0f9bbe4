// `asof key`: makes, lists and removes the keys that callers of the API send.
#include <algorithm>
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "cli/command.h"
#include "serve/api_keys.h"

namespace asof::commands {
namespace {

struct Options {
  std::string file;
  std::string add;
  std::string remove;
  std::vector<std::string> scopes = {"score"};
  std::string expires;
};

std::string scopes_of(const ApiKey& key) {
  std::vector<std::string> names;
  for (const Permission scope : key.scopes) names.emplace_back(to_string(scope));
  return join(names);
}

void list(const ApiKeys& keys, Console& console) {
  Json::Array array;
  for (const ApiKey& key : keys.keys()) {
    const std::string end = key.expires == kNoTime ? "never" : to_string(key.expires);
    console.say(format("{}: {}; ends {}", key.name, scopes_of(key), end));
    array.push_back(Json::Object{{"name", key.name}, {"scopes", scopes_of(key)}, {"expires", end}});
  }
  console.result(Json(std::move(array)));
}

int add(const Options& options, ApiKeys keys, Console& console) {
  const std::string secret = make_key();
  ApiKey key{.name = options.add, .digest = sha256(secret), .scopes = {}};
  for (const std::string& scope : options.scopes) key.scopes.push_back(permission_from(scope));
  if (!options.expires.empty()) key.expires = parse_timestamp(options.expires, TimeZone());
  keys.add(std::move(key));
  keys.save(options.file);
  console.note("the key is shown this once; the file holds only its hash");
  console.say(secret);
  console.result(Json::Object{{"name", options.add}, {"key", secret}});
  return 0;
}

int run(const Options& options, Console& console) {
  ApiKeys keys = std::filesystem::exists(options.file) ? ApiKeys::load(options.file) : ApiKeys();
  if (!options.add.empty()) return add(options, std::move(keys), console);
  if (!options.remove.empty()) {
    if (!keys.remove(options.remove))
      throw Error(Error::kNotFound, format("{}: there is no key `{}`", options.file, options.remove));
    keys.save(options.file);
    console.note("a running server knows it until it is started again");
  }
  list(keys, console);
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("file", options->file, "The file of keys; made when it does not exist, for its owner alone")
      .required();
  const Option add = command.add_option("--add", options->add, "Make a key of this name, and print it once");
  command.add_option("--remove", options->remove, "Remove the key of this name").excludes(add);
  command.add_option("--scopes", options->scopes, "What the key is for: score, explain, write, erase, observe")
      .separated_by_commas()
      .show_default();
  command.add_option("--expires", options->expires, "When it ends, such as 2027-01-01T00:00:00Z (default: never)");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command key;
constinit const Command key = {
    .name = "key",
    .summary = "Make, list and remove the keys that callers of the API send",
    .example = "asof key keys.json --add branch-app --scopes score,write --expires 2027-01-01T00:00:00Z",
    .declare = declare,
};

}  // namespace asof::commands
