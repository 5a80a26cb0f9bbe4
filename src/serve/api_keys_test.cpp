#include "serve/api_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "serve/endpoint.h"
#include "serve/problem.h"
#include "serve/service.h"
#include "serve/test_lender.h"
#include "testing/temporary_folder.h"

namespace asof {
namespace {

using testing::TemporaryFolder;

constexpr Timestamp kNow{1'700'000'000'000'000};
constexpr Timestamp kLater{1'700'000'000'000'001};

ApiKey key(const std::string& name, const std::string& secret, std::vector<Permission> scopes,
           Timestamp expires = kNoTime) {
  return {.name = name, .digest = sha256(secret), .scopes = std::move(scopes), .expires = expires};
}

int refused_with(const ApiKeys& keys, std::string_view authorization, Permission scope, Timestamp now = kNow) {
  try {
    keys.require(authorization, scope, now);
    return 0;
  } catch (const Problem& problem) {
    return problem.status();
  }
}

TEST(ApiKeys, a_key_may_do_what_its_scopes_say_until_it_ends) {
  const ApiKeys keys(
      {key("app", "one", {Permission::kScore, Permission::kWrite}), key("old", "two", {Permission::kScore}, kLater)});
  EXPECT_EQ(refused_with(keys, "Bearer one", Permission::kScore), 0);
  EXPECT_EQ(refused_with(keys, "bearer one", Permission::kWrite), 0);
  EXPECT_EQ(refused_with(keys, "Bearer one", Permission::kErase), 403);
  EXPECT_EQ(refused_with(keys, "Bearer two", Permission::kScore, kNow), 0);
  EXPECT_EQ(refused_with(keys, "Bearer two", Permission::kScore, kLater), 401);
}

TEST(ApiKeys, nothing_else_opens_a_door_and_public_ones_are_open) {
  const ApiKeys keys({key("app", "one", {Permission::kScore})});
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer on", "Bearer onee", "Basic one", "one", "Bearer  one"}) {
    EXPECT_EQ(refused_with(keys, wrong, Permission::kScore), 401) << wrong;
    EXPECT_EQ(refused_with(keys, wrong, Permission::kPublic), 0) << wrong;
  }
  EXPECT_EQ(refused_with(keys, "Bearer " + sha256("one"), Permission::kScore), 401) << "the file's hash is no key";
  EXPECT_EQ(refused_with(ApiKeys(), "Bearer one", Permission::kScore), 401);
}

TEST(ApiKeys, are_long_different_and_kept_as_hashes_for_their_owner_alone) {
  const TemporaryFolder folder;
  const std::string secret = make_key();
  EXPECT_EQ(secret.size(), 69U);
  EXPECT_NE(secret, make_key());
  const ApiKeys keys({key("app", secret, {Permission::kErase}, kLater), key("other", "two", {Permission::kScore})});
  keys.save(folder / "keys.json");
  struct stat status {};
  ASSERT_EQ(::stat((folder / "keys.json").c_str(), &status), 0);
  EXPECT_EQ(static_cast<unsigned>(status.st_mode) & 0777U, 0600U);
  EXPECT_EQ(read_file(folder / "keys.json").find(secret), std::string::npos);
  const ApiKeys read = ApiKeys::load(folder / "keys.json");
  ASSERT_EQ(read.keys().size(), 2U);
  EXPECT_EQ(read.keys()[0], keys.keys()[0]);
  EXPECT_EQ(read.keys()[1], keys.keys()[1]);
}

TEST(ApiKeys, a_file_that_others_may_read_or_that_is_damaged_is_refused) {
  const TemporaryFolder folder;
  const auto kind = [&] {
    try {
      ApiKeys::load(folder / "keys.json");
    } catch (const Error& error) {
      return error.kind();
    }
    return Error::kInternal;
  };
  EXPECT_EQ(kind(), Error::kNotFound);
  ApiKeys({key("app", "one", {Permission::kScore})}).save(folder / "keys.json");
  ASSERT_EQ(::chmod((folder / "keys.json").c_str(), 0640), 0);
  EXPECT_EQ(kind(), Error::kUsage);
  ASSERT_EQ(::chmod((folder / "keys.json").c_str(), 0600), 0);
  for (const char* text : {"", "{}", R"({"keys":[{"name":"a","sha256":"12","scopes":["score"]}]})",
                           R"({"keys":[{"name":"a","sha256":"12","scopes":["all"]}]})"}) {
    write_file(folder / "keys.json", text);
    ASSERT_EQ(::chmod((folder / "keys.json").c_str(), 0600), 0);
    EXPECT_EQ(kind(), Error::kInvalidInput) << text;
  }
}

TEST(ApiKeys, a_name_is_given_once) {
  ApiKeys keys({key("app", "one", {Permission::kScore})});
  EXPECT_THROW(keys.add(key("app", "two", {Permission::kScore})), Error);
  EXPECT_TRUE(keys.remove("app"));
  EXPECT_FALSE(keys.remove("app"));
  keys.add(key("app", "two", {Permission::kScore}));
}

/// All others are public.
constexpr std::pair<std::string_view, Permission> kScopeOfRoute[] = {
    {"/predict", Permission::kScore},        {"/v1/score", Permission::kScore},
    {"/v1/score:batch", Permission::kScore}, {"/v1/explain", Permission::kExplain},
    {"/v1/model", Permission::kObserve},     {"/metrics", Permission::kObserve},
    {"/v1/users/{id}", Permission::kErase},  {"/v1/rows/{table}", Permission::kWrite},
    {"/v1/{table}", Permission::kWrite},
};

/// What each route answers to each key: what it opens is what its scope says, and nothing else.
TEST(ApiKeys, every_route_opens_to_its_scope_alone) {
  const TestLender lender;
  const std::vector<Permission> scopes = {Permission::kScore, Permission::kExplain, Permission::kWrite,
                                          Permission::kErase, Permission::kObserve};
  std::vector<ApiKey> given;
  for (const Permission scope : scopes)
    given.push_back(key(std::string(to_string(scope)), std::string(to_string(scope)), {scope}));
  const Service service(lender.scorer(), lender.stored(), {.keys = ApiKeys(given)});
  for (const Endpoint* endpoint : all_endpoints()) {
    const auto place =
        std::ranges::find(kScopeOfRoute, endpoint->path, &std::pair<std::string_view, Permission>::first);
    const bool guarded = place != std::end(kScopeOfRoute);
    EXPECT_EQ(endpoint->scope, guarded ? place->second : Permission::kPublic) << endpoint->path;
    std::string path(endpoint->path);
    if (path.ends_with('}')) path.replace(path.rfind('/'), std::string::npos, "/x");
    const auto status = [&](const std::vector<HttpHeader>& headers) {
      return service.handle({.method = endpoint->method, .path = path, .headers = headers, .path_parameters = {}})
          .status;
    };
    EXPECT_EQ(status({}) == 401, guarded) << path;
    for (const Permission scope : scopes) {
      const std::string header = format("Bearer {}", to_string(scope));
      const bool open = !guarded || endpoint->scope == scope;
      EXPECT_EQ(status({{"Authorization", header}}) == 403, !open) << path << " with " << header;
    }
  }
  EXPECT_NE(service.openapi_text().find("securitySchemes"), std::string::npos);
}

}  // namespace
}  // namespace asof
