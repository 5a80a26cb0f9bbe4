// GET /v1/model over a real socket: it says what the bundle says, and reads no row.
#include <gtest/gtest.h>

#include "base/format.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "testing/places.h"

namespace asof {
namespace {

/// Whoever asks it for anything sees it fail.
class NoStore final : public UserStore {
 public:
  UserRows read(const EntityKey&, Timestamp) const override { throw Error(Error::kUnavailable, "away"); }
  bool may_wait() const noexcept override { return true; }
  void check() const override { throw Error(Error::kUnavailable, "away"); }
  std::string describe() const override { return "nothing"; }
};

struct Served {
  std::shared_ptr<const Scorer> scorer;
  Server server;

  explicit Served(const std::string& fixture, const ScorerOptions& options = {})
      : scorer(std::make_shared<const Scorer>(
            Scorer::load(format("{}/tests/fixtures/bundles/{}", testing::kSourceFolder, fixture), options))),
        server(scorer, std::make_shared<NoStore>(), {.port = 0}) {
    server.start();
  }

  RawResponse ask(std::string_view path) const { return RawClient(server.port()).request("GET", path); }
};

TEST(ModelRoute, says_what_the_bundle_says_and_reads_no_row) {
  const Served served("format-2-scorecard");
  const RawResponse response = served.ask("/v1/model");
  ASSERT_EQ(response.status, 200) << response.body;
  const Bundle& bundle = served.scorer->bundle();
  const Json body = response.json();
  EXPECT_EQ(body.at("model").at("version").as_string(), bundle.version);
  EXPECT_EQ(body.at("made_from"), bundle.manifest);
  EXPECT_EQ(point_card_from_json(body.at("points")), bundle.points) << "to the bit";
  const Json::Array& features = body.at("features").as_array();
  ASSERT_EQ(features.size(), bundle.columns.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    EXPECT_EQ(features[i].at("name").as_string(), bundle.columns[i].name);
    EXPECT_EQ(features[i].at("definition").as_string(), bundle.definitions[i].expression);
    EXPECT_EQ(features[i].at("direction").as_string(), to_string(bundle.columns[i].direction));
    EXPECT_EQ(reason_text_from_json(features[i].at("reason")), bundle.reasons[i]);
  }
}

TEST(ModelRoute, the_figures_are_those_of_training_with_their_intervals) {
  const Served served("format-2-scorecard");
  const Json body = served.ask("/v1/model").json();
  const Json& metrics = served.scorer->bundle().metrics;
  const Json::Array& hold_outs = body.at("hold_outs").as_array();
  ASSERT_EQ(hold_outs.size(), 2U);
  std::size_t headlines = 0;
  for (std::size_t i = 0; i < hold_outs.size(); ++i) {
    EXPECT_EQ(hold_outs[i].at("evaluation"), metrics.at("hold_outs").as_array()[i].at("evaluation"));
    for (const Json& figure : hold_outs[i].at("evaluation").at("figures").as_array())
      EXPECT_LE(figure.at("low").as_number(), figure.at("high").as_number());
    if (!hold_outs[i].at("headline").as_bool()) continue;
    ++headlines;
    EXPECT_EQ(hold_outs[i].at("split"), metrics.at("headline"));
    EXPECT_EQ(body.at("thresholds"), hold_outs[i].at("evaluation").at("thresholds"));
  }
  EXPECT_EQ(headlines, 1U);
}

TEST(ModelRoute, the_prior_is_the_one_that_scores_are_moved_to) {
  const Json plain = Served("format-2-logistic").ask("/v1/model").json().at("prior");
  EXPECT_EQ(plain.at("training_share_repaid").as_number(), 110.0 / 321.0);
  EXPECT_TRUE(plain.at("share_repaid").is_null());
  const Json moved = Served("format-2-logistic", {.prior_repaid = 0.9}).ask("/v1/model").json().at("prior");
  EXPECT_EQ(moved.at("share_repaid").as_number(), 0.9);
}

TEST(ModelRoute, what_an_old_bundle_does_not_record_is_null_or_empty) {
  const Json body = Served("format-1-logistic").ask("/v1/model").json();
  EXPECT_TRUE(body.at("features").as_array().at(0).at("reason").is_null());
  EXPECT_TRUE(body.at("points").at("bands").as_array().empty());
  EXPECT_EQ(body.at("hold_outs").as_array().size(), 2U);
}

TEST(ModelRoute, no_moment_of_training_is_made_up) {
  const std::string said = Served("format-2-xgboost").ask("/v1/model").body;
  EXPECT_EQ(said.find("trained_at"), std::string::npos);
  EXPECT_NE(said.find(R"("data_window":{"first_application":"2022)"), std::string::npos);
}

TEST(ModelRoute, is_described_as_it_answers) {
  const Served served("format-2-scorecard");
  const Json answer = served.ask("/v1/model").json();
  const Json described = served.ask("/openapi.json").json();
  const Json& schema = described.at("paths")
                           .at("/v1/model")
                           .at("get")
                           .at("responses")
                           .at("200")
                           .at("content")
                           .at("application/json")
                           .at("schema");
  for (const auto& [name, value] : answer.as_object()) EXPECT_NE(schema.at("properties").find(name), nullptr) << name;
  for (const Json& name : schema.at("required").as_array()) EXPECT_NE(answer.find(name.as_string()), nullptr);
}

}  // namespace
}  // namespace asof
