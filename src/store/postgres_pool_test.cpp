#include "store/postgres_pool.h"

#include <gtest/gtest.h>

#include <thread>

#include "testing/postgres_fixture.h"

namespace asof {
namespace {

TEST(PostgresPool, what_opening_a_connection_takes_is_not_taken_from_the_statement) {
  using std::chrono::milliseconds;
  const PostgresStoreOptions options{.statement_timeout = {100'000}};
  const auto open_slowly = [](PostgresConnection&, Deadline) { std::this_thread::sleep_for(milliseconds(800)); };
  PostgresPool pool(testing::PostgresServer::shared().url("reader"), options, open_slowly);
  bool answered = false;
  pool.use([&](PostgresConnection& connection, Deadline deadline) {
    answered = connection.query("SELECT 1", deadline) != nullptr;
  });
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace asof
