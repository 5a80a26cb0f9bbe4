// Who may ask what. A key is told to its owner once; its file holds only a hash, scopes and an end.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asof/time.h"

namespace asof {

/// What an endpoint needs of a key.
enum class Permission {
  kPublic,   ///< nothing: whether the process lives, what the API is
  kScore,    ///< scores of applications
  kExplain,  ///< what a score was made of: rows of a person among it
  kWrite,    ///< to add rows
  kErase,    ///< to erase a person
  kObserve,  ///< to count what was asked
};

/// "score", "explain", "write", "erase", "observe"; "public" for none.
std::string_view to_string(Permission scope);

/// Throws Error::kUsage with the known names for anything else, and for "public".
Permission permission_from(std::string_view name);

struct ApiKey {
  std::string name;                ///< of its owner; logs may show it
  std::string digest;              ///< SHA-256 of the key, in hexadecimal
  std::vector<Permission> scopes;  ///< at least one
  Timestamp expires = kNoTime;     ///< kNoTime: never

  bool operator==(const ApiKey&) const = default;
};

/// A new key with 256 random bits, such as `asof_5f...`: what its owner sends as `Authorization: Bearer asof_5f...`.
std::string make_key();

/// The keys of a file. Immutable; safe for concurrent access.
class ApiKeys {
 public:
  ApiKeys() = default;
  explicit ApiKeys(std::vector<ApiKey> keys) : keys_(std::move(keys)) {}

  /// Throws Error::kNotFound; Error::kUsage when others than its owner may read the file; Error::kInvalidInput when it
  /// is damaged.
  static ApiKeys load(const std::filesystem::path& file);

  /// Writes the file in one step, for its owner alone.
  void save(const std::filesystem::path& file) const;

  std::span<const ApiKey> keys() const { return keys_; }

  /// Throws Error::kUsage when there is one of that name: a new key has a new name, so that the old one can end later.
  void add(ApiKey key);

  /// False when there is none of that name.
  bool remove(std::string_view name);

  /// Returns when the `Authorization` header has a key that holds `scope` and has not ended. Throws Problem otherwise:
  /// 401 without a valid key, 403 for one that may not do this. Compares every key in the same time.
  void require(std::string_view authorization, Permission scope, Timestamp now) const;

 private:
  std::vector<ApiKey> keys_;
};

}  // namespace asof
