// Whether a document says only what the list of keys allows. After this, reading it cannot fail on a type.
#pragma once

#include <string_view>

#include "project/document.h"
#include "project/keys.h"

namespace asof {

/// How a kind of value is named in the docs, asked for in messages, told from others, and written in JSON Schema.
struct ValueKindRule {
  ValueKind kind;
  std::string_view title;     ///< "length of time"
  std::string_view expected;  ///< "a length of time such as `90d`, `24h` or `30m`"
  bool (*fits)(const Value& scalar);
  std::string_view schema;  ///< members of a JSON object, without braces
};

/// The rule of a kind. kChoice and kGroup have one too; what is special about them stands in their key.
const ValueKindRule& rule_of(ValueKind kind);

/// Throws Error::kInvalidInput at the first unknown key (with the nearest known ones), missing key, or value of another
/// kind than its key's.
void require_conformance(const Document& document, const KeyGroup& keys);

}  // namespace asof
