// Decisions while rows come in and people are erased: each is on rows that can be read again.
#include "serve/decide.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/format.h"
#include "serve/replay.h"
#include "serve/test_lender.h"
#include "store/decision_chain.h"
#include "store/sqlite_format.h"

namespace asof {
namespace {

struct DecideTest : ::testing::Test {
  TestLender lender;
  Service service{lender.scorer(), lender.stored(), ServiceOptions()};
  std::filesystem::path store = lender.folder() / "store.db";

  HttpResponse send(std::string_view method, std::string_view path, std::string_view body = {}) const {
    return service.handle({.method = method, .path = path, .body = body, .path_parameters = {}});
  }

  HttpResponse predict(std::int64_t user) const {
    return send("POST", "/predict", format(R"({{"user_id": {}, "application_at": "2030-01-01T00:00:00Z"}})", user));
  }

  HttpResponse deliver(std::int64_t id, std::int64_t user) const {
    return send("POST", "/v1/gps",
                format(R"([{{"id": {}, "user_id": {}, "time_of_fix": "2024-01-01T00:00:00Z", "speed": {}.5}}])", id,
                       user, id % 90));
  }
};

std::string_view header(const HttpResponse& response, std::string_view name) {
  for (const auto& [given, value] : response.headers) {
    if (given == name) return value;
  }
  return {};
}

TEST_F(DecideTest, an_answer_names_its_entry_and_the_entry_has_the_answer) {
  ASSERT_EQ(header(predict(3), "X-Decision").substr(0, 2), "1:");
  const HttpResponse answer = predict(4);
  std::vector<Decision> decisions;
  const ChainCheck chain = check_chain(open_store(store, SqliteConnection::Access::kRead), {},
                                       [&](std::int64_t, const Decision& one) { decisions.push_back(one); });
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(header(answer, "X-Decision"), format("2:{}", chain.head.hash));
  EXPECT_EQ(decisions[1].request_id, header(answer, "X-Request-Id"));
  EXPECT_EQ(decisions[1].route, "/predict");
  EXPECT_EQ(decisions[1].user, EntityKey(std::int64_t{4}));
  EXPECT_EQ(decisions[1].probability, parse_json(answer.body).at("prediction_probability").as_number());
  EXPECT_EQ(decisions[1].version, lender.scorer()->bundle().version);
}

TEST_F(DecideTest, what_is_refused_is_no_decision) {
  EXPECT_EQ(send("POST", "/predict", R"({"user_id": 3})").status, 422);
  EXPECT_EQ(open_store(store, SqliteConnection::Access::kRead).integer("SELECT count(*) FROM asof_decisions"), 0);
}

TEST_F(DecideTest, whatever_else_goes_on_every_decision_comes_out_again) {
  std::atomic<int> asking = 3;
  std::vector<std::thread> threads;
  for (std::int64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < 40; ++i) EXPECT_EQ(predict(1 + (thread + i) % 5).status, 200);
      --asking;
    });
  }
  threads.emplace_back([&] {
    for (std::int64_t id = 10'000; asking > 0; ++id) EXPECT_EQ(deliver(id, 1 + id % 5).status, 200);
  });
  threads.emplace_back([&] {
    for (std::int64_t user = 0; asking > 0; ++user) {
      EXPECT_EQ(send("DELETE", format("/v1/users/{}", 1 + user % 3)).status, 200);
    }
  });
  for (std::thread& thread : threads) thread.join();

  Replay replay({save(lender.scorer()->bundle(), lender.folder() / "models")}, store);
  const ChainCheck chain =
      check_chain(open_store(store, SqliteConnection::Access::kRead), {},
                  [&](std::int64_t sequence, const Decision& decision) { replay.check(sequence, decision); });
  EXPECT_FALSE(chain.fault) << chain.fault->what;
  EXPECT_EQ(replay.differing(), 0) << replay.first_fault()->sequence << ": " << replay.first_fault()->what;
  EXPECT_EQ(chain.decisions, 120);
  EXPECT_GT(chain.erased, 0);
  EXPECT_EQ(replay.replayed() + chain.erased, 120);
}

TEST_F(DecideTest, a_decision_of_another_bundle_is_told) {
  predict(3);
  Replay replay({}, store);
  check_chain(open_store(store, SqliteConnection::Access::kRead), {},
              [&](std::int64_t sequence, const Decision& decision) { replay.check(sequence, decision); });
  EXPECT_EQ(replay.missing_bundles().at(format("test-lender {}", lender.scorer()->bundle().version)), 1);
  EXPECT_EQ(replay.replayed(), 0);
}

}  // namespace
}  // namespace asof
