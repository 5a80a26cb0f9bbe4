// The label under another name.
#include "audit/label_copy.h"

#include "audit/check.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

void run(const Evidence& evidence, Report& report) {
  const std::string table = evidence.table == nullptr ? "" : evidence.table->name;
  std::size_t found = 0;
  for (std::size_t j = 0; j < evidence.data.columns.size(); ++j) {
    if (!tells_label(evidence.data, j)) continue;
    ++found;
    report.alarm(
        table, evidence.data.columns[j].name,
        "every one of its values goes with one outcome alone: it is the label under another name; leave it out");
  }
  if (found == 0)
    report.ok(table, "", format("none of {} columns says the label outright", evidence.data.columns.size()));
}

}  // namespace

extern const Check label_copies;
constinit const Check label_copies = {
    .name = "label_copies",
    .summary = "Features each of whose values goes with one outcome alone: an alarm.",
    .run = run,
};

}  // namespace asof::audit::checks
