#include "serve/api_keys.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/secret.h"
#include "serve/problem.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

constexpr std::array kScopes = {Permission::kScore, Permission::kExplain, Permission::kWrite, Permission::kErase,
                                Permission::kObserve};
constexpr std::string_view kPrefix = "asof_";
constexpr std::size_t kKeyBytes = 32;

std::string scope_names() {
  std::vector<std::string> names;
  for (const Permission scope : kScopes) names.emplace_back(to_string(scope));
  return join(names);
}

/// In the same time wherever the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return difference == 0;
}

Problem unauthorised(const std::string& detail) {
  Problem problem(401, detail);
  problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  return problem;
}

/// The token of "Bearer TOKEN"; empty for anything else.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  if (!equal_without_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return authorization.substr(kScheme.size());
}

ApiKey key_from_json(const Json& json) {
  ApiKey key{.name = json.at("name").as_string(), .digest = json.at("sha256").as_string(), .scopes = {}};
  for (const Json& scope : json.at("scopes").as_array()) key.scopes.push_back(permission_from(scope.as_string()));
  if (const Json* expires = json.find("expires")) key.expires = parse_timestamp(expires->as_string(), TimeZone());
  constexpr std::size_t kDigestLength = 64;
  if (key.digest.size() != kDigestLength || key.scopes.empty())
    throw Error(Error::kInvalidInput, format("the key `{}` has no SHA-256 or no scope", key.name));
  return key;
}

Json to_json_value(const ApiKey& key) {
  Json::Array scopes;
  for (const Permission scope : key.scopes) scopes.emplace_back(to_string(scope));
  Json json{Json::Object{{"name", key.name}, {"sha256", key.digest}, {"scopes", std::move(scopes)}}};
  if (key.expires != kNoTime) json["expires"] = to_string(key.expires);
  return json;
}

}  // namespace

std::string_view to_string(Permission scope) {
  switch (scope) {
    case Permission::kPublic:
      return "public";
    case Permission::kScore:
      return "score";
    case Permission::kExplain:
      return "explain";
    case Permission::kWrite:
      return "write";
    case Permission::kErase:
      return "erase";
    case Permission::kObserve:
      break;
  }
  return "observe";
}

Permission permission_from(std::string_view name) {
  for (const Permission scope : kScopes)
    if (to_string(scope) == name) return scope;
  throw Error(Error::kUsage, format("there is no scope `{}`; known: {}", name, scope_names()));
}

std::string make_key() { return std::string(kPrefix) + hexadecimal(secret_bytes(kKeyBytes)); }

ApiKeys ApiKeys::load(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    throw Error(Error::kNotFound, format("{}: there is no such file; `asof key` makes one", file.string()));
  constexpr auto kOthers = static_cast<unsigned>(S_IRWXG | S_IRWXO);
  if ((static_cast<unsigned>(status.st_mode) & kOthers) != 0) {
    throw Error(Error::kUsage,
                format("{}: others than its owner may read or write it; `chmod 600 {}`", file.string(), file.string()));
  }
  try {
    ApiKeys keys;
    const Json json = parse_json(read_file(file));
    for (const Json& key : json.at("keys").as_array()) keys.add(key_from_json(key));
    return keys;
  } catch (const Error& error) {
    throw Error(Error::kInvalidInput, format("{}: this is no file of keys: {}", file.string(), error.what()));
  }
}

void ApiKeys::save(const fs::path& file) const {
  Json::Array keys;
  for (const ApiKey& key : keys_) keys.push_back(to_json_value(key));
  Staged staged(file);
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  write_file(staged.path(), to_pretty_json(Json(Json::Object{{"keys", std::move(keys)}})));
  ::umask(before);
  staged.commit();
}

void ApiKeys::add(ApiKey key) {
  if (std::ranges::find(keys_, key.name, &ApiKey::name) != keys_.end())
    throw Error(Error::kUsage,
                format("there is a key `{}` already; give the new one another name, or remove it first", key.name));
  keys_.push_back(std::move(key));
}

bool ApiKeys::remove(std::string_view name) {
  return std::erase_if(keys_, [&](const ApiKey& key) { return key.name == name; }) > 0;
}

void ApiKeys::require(std::string_view authorization, Permission scope, Timestamp now) const {
  if (scope == Permission::kPublic) return;
  const std::string_view token = bearer_token(authorization);
  if (token.empty()) throw unauthorised("a key is needed: `Authorization: Bearer KEY`");
  const std::string digest = sha256(token);
  const ApiKey* found = nullptr;
  for (const ApiKey& key : keys_)
    if (equal_in_constant_time(key.digest, digest)) found = &key;
  if (found == nullptr) throw unauthorised("this key is not known");
  if (found->expires != kNoTime && now >= found->expires)
    throw unauthorised(format("this key ended at {}", to_string(found->expires)));
  if (std::ranges::find(found->scopes, scope) == found->scopes.end())
    throw Problem(403, format("this key does not have the scope `{}`", to_string(scope)));
}

}  // namespace asof
