// `asof bundle`: what a bundle says of itself, after every part has been checked against its hash.

#include "base/format.h"
#include "cli/command.h"
#include "score/scorer.h"

namespace asof::commands {
namespace {

Run declare(OptionSet& command) {
  const auto path = std::make_shared<std::string>();
  command.add_option("bundle", *path, "The bundle's folder, or the folder of its versions").required();
  return [path](Console& console) {
    const Scorer scorer = Scorer::load(*path);
    const Bundle& bundle = scorer.bundle();
    console.say(format("{} {}: {}, {} features, boundary: {}; every part is whole", console.bold(bundle.name),
                       bundle.version, model_kind(bundle.kind).title, bundle.columns.size(),
                       to_string(bundle.boundary)));
    for (const TableSpec& table : scorer.tables()) {
      std::vector<std::string> columns;
      for (const auto& [name, column] : table.columns)
        columns.push_back(format("{} ({})", name, column.type ? to_string(*column.type) : "as the source has it"));
      console.say(
          format("  reads {}{}: {}", table.name, table.role == TableRole::kUndated ? " (undated)" : "", join(columns)));
    }
    console.result(Json::Object{{"name", bundle.name},
                                {"version", bundle.version},
                                {"kind", bundle.kind},
                                {"boundary", to_string(bundle.boundary)},
                                {"made_from", bundle.manifest},
                                {"metrics", bundle.metrics}});
    return 0;
  };
}

}  // namespace

extern const Command bundle;
constinit const Command bundle = {
    .name = "bundle",
    .summary = "Check a bundle's parts against their hashes and show what it reads",
    .example = "asof bundle models/mobile-lender",
    .declare = declare,
};

}  // namespace asof::commands
