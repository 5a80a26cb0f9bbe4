// LightGBM grows the trees; its text is the saved model; scoring is TreeEnsemble's. Nothing of the library is kept
// alive after training, so nothing of it needs to be safe for threads.
#include "model/lightgbm.h"

#include <LightGBM/c_api.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "base/format.h"
#include "model/centring.h"
#include "model/handle.h"
#include "model/tree_ensemble.h"

namespace asof::lightgbm {
namespace {

// ---- training -----------------------------------------------------------------------------------------------------

using Data = std::unique_ptr<void, FreeWith<&LGBM_DatasetFree>>;
using Booster = std::unique_ptr<void, FreeWith<&LGBM_BoosterFree>>;

void check(int code) {
  if (code != 0) throw Error(Error::kInternal, format("LightGBM failed: {}", LGBM_GetLastError()));
}

/// LightGBM takes no JSON punctuation in names and writes blanks as `_`; names must differ.
std::vector<std::string> plain_names(std::span<const std::string> names) {
  std::vector<std::string> plain;
  std::set<std::string> taken;
  for (std::string name : names) {
    const auto is_special = [](char c) {
      return (c >= 0 && c <= ' ') || std::string_view("\",:[]{}=\\\x7f").find(c) != std::string_view::npos;
    };
    std::ranges::replace_if(name, is_special, '_');
    while (name.empty() || !taken.insert(name).second) name += '_';
    plain.push_back(std::move(name));
  }
  return plain;
}

std::vector<float> as_floats(std::span<const double> values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const double value : values) floats.push_back(static_cast<float>(value));
  return floats;
}

Data training_data(const FitRequest& request, const std::string& parameters) {
  Data data;
  check(LGBM_DatasetCreateFromMat(
      request.features.values, C_API_DTYPE_FLOAT64, static_cast<std::int32_t>(request.features.rows),
      static_cast<std::int32_t>(request.features.columns), 1, parameters.c_str(), nullptr, out(data)));
  const auto set_field = [&](const char* field, std::span<const double> values) {
    const std::vector<float> floats = as_floats(values);
    check(LGBM_DatasetSetField(data.get(), field, floats.data(), static_cast<int>(floats.size()), C_API_DTYPE_FLOAT32));
  };
  set_field("label", request.good);
  if (!request.weights.empty()) set_field("weight", request.weights);
  const std::vector<std::string> names = plain_names(request.names);
  std::vector<const char*> pointers;
  for (const std::string& name : names) pointers.push_back(name.c_str());
  check(LGBM_DatasetSetFeatureNames(data.get(), pointers.data(), static_cast<int>(pointers.size())));
  return data;
}

std::string text_of(const Booster& booster) {
  std::string text(1 << 16, '\0');
  for (;;) {
    std::int64_t size = 0;  // the closing zero included
    check(LGBM_BoosterSaveModelToString(booster.get(), 0, -1, C_API_FEATURE_IMPORTANCE_GAIN,
                                        static_cast<std::int64_t>(text.size()), &size, text.data()));
    const bool fits = static_cast<std::size_t>(size) <= text.size();
    text.resize(static_cast<std::size_t>(size) - (fits ? 1 : 0));
    if (fits) return text;
  }
}

/// The one line in which the texts of equal models differ.
std::string without_threads(std::string text) {
  constexpr std::string_view kLine = "\n[num_threads: ";
  if (const std::size_t at = text.find(kLine); at != std::string::npos) {
    const std::size_t number = at + kLine.size();
    text.replace(number, text.find(']', number) - number, "0");
  }
  return text;
}

// ---- reading the text ---------------------------------------------------------------------------------------------

[[noreturn]] void refuse(std::string_view what) {
  throw Error(Error::kIncompatible, format("the LightGBM model {}", what));
}

/// A part of the text: lines of `key=value` (or a bare `key`) until an empty line.
class Block {
 public:
  explicit Block(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) refuse("ends in the middle of a line");
      const std::string_view line = text.substr(0, end);
      const std::size_t equals = std::min(line.find('='), line.size());
      if (!line.empty()) lines_.push_back({line.substr(0, equals), line.substr(std::min(equals + 1, line.size()))});
      text.remove_prefix(end + 1);
    }
  }

  bool has(std::string_view key) const { return std::ranges::find(lines_, key, &Line::key) != lines_.end(); }

  std::string_view text(std::string_view key) const {
    const auto line = std::ranges::find(lines_, key, &Line::key);
    if (line == lines_.end()) refuse(format("lacks `{}`", key));
    return line->value;
  }

  template <class Number>
  std::vector<Number> numbers(std::string_view key, std::size_t count) const {
    std::vector<Number> found = all_numbers<Number>(key);
    if (found.size() != count) refuse(format("has {} numbers in `{}` instead of {}", found.size(), key, count));
    return found;
  }

  template <class Number>
  std::vector<Number> all_numbers(std::string_view key) const {
    std::vector<Number> found;
    const std::string_view value = text(key);
    const char* at = value.data();
    const char* const end = at + value.size();
    while (at != end) {
      Number number{};
      const auto [next, error] = std::from_chars(at, end, number);
      if (error != std::errc{} || (next != end && (*next != ' ' || next + 1 == end)))
        refuse(format("has no number in `{}`", key));
      found.push_back(number);
      at = next == end ? end : next + 1;
    }
    return found;
  }

  std::int64_t number(std::string_view key) const { return numbers<std::int64_t>(key, 1).front(); }

 private:
  struct Line {
    std::string_view key, value;
  };
  std::vector<Line> lines_;
};

// Bits of `decision_type`.
constexpr int kCategorical = 1;
constexpr int kDefaultLeft = 2;
constexpr int kMissingIsNone = 0;  // bits 2 and 3: there was no missing value in training; it is then read as 0
constexpr int kMissingIsNan = 2;

Tree read_tree(const Block& block) {
  const std::int64_t leaves = block.number("num_leaves");
  if (leaves < 1 || leaves > (1 << 20)) refuse(format("has a tree of {} leaves", leaves));
  if (block.number("num_cat") != 0) refuse("has categorical splits; asof gives categories columns of their own");
  if (block.number("is_linear") != 0) refuse("has linear functions in its leaves, asof knows constant ones only");
  const auto leaf_count = static_cast<std::size_t>(leaves), inner = leaf_count - 1;
  const auto features = block.numbers<std::int64_t>("split_feature", inner);
  const auto thresholds = block.numbers<double>("threshold", inner);
  const auto decisions = block.numbers<int>("decision_type", inner);
  const auto lefts = block.numbers<std::int64_t>("left_child", inner);
  const auto rights = block.numbers<std::int64_t>("right_child", inner);
  const auto covers = block.numbers<double>("internal_count", inner);
  const auto values = block.numbers<double>("leaf_value", leaf_count);
  const auto leaf_covers = block.numbers<double>("leaf_count", leaf_count);

  Tree tree(inner + leaf_count);
  // A child c >= 0 is an inner node, else leaf -c - 1.
  const auto position = [&](std::int64_t child) {
    return child >= 0 ? child : static_cast<std::int64_t>(inner) - child - 1;
  };
  for (std::size_t i = 0; i < inner; ++i) {
    const int missing = decisions[i] >> 2 & 3;
    if ((decisions[i] & kCategorical) != 0 || (missing != kMissingIsNone && missing != kMissingIsNan)) {
      refuse("has a kind of split that asof does not know");
    }
    if (features[i] < 0) refuse("asks for an unknown column");
    tree[i] = {.feature = features[i],
               .threshold = thresholds[i],
               .missing_left = missing == kMissingIsNan ? (decisions[i] & kDefaultLeft) != 0 : 0.0 <= thresholds[i],
               .left = position(lefts[i]),
               .right = position(rights[i]),
               .cover = covers[i]};
  }
  for (std::size_t i = 0; i < leaf_count; ++i) {
    tree[inner + i] = {.value = values[i], .cover = inner == 0 ? 1.0 : leaf_covers[i]};
  }
  return tree;
}

struct ReadModel {
  std::vector<Tree> trees;
  TreeSum sum;
};

ReadModel read_model(std::string_view text, std::size_t columns) {
  constexpr std::string_view kEndOfTrees = "end of trees\n";
  if (!text.starts_with("tree\nversion=v4\n")) refuse("does not begin like one of version 4");
  if (!text.ends_with("\nend of parameters\n")) refuse("is cut off");
  const std::size_t header_end = text.find("\n\n");
  const Block header(text.substr(0, header_end + 1));
  if (header.number("num_class") != 1 || header.number("num_tree_per_iteration") != 1) refuse("is for several classes");
  if (header.number("max_feature_idx") + 1 != static_cast<std::int64_t>(columns)) {
    refuse(format("is for {} columns, there are {}", header.number("max_feature_idx") + 1, columns));
  }
  if (header.text("objective") != "binary sigmoid:1") refuse("is not for log-odds of two classes");

  ReadModel model;
  std::string_view rest = text.substr(header_end + 2);
  for (const std::size_t size : header.all_numbers<std::size_t>("tree_sizes")) {
    const std::string begin = format("Tree={}\n", model.trees.size());
    if (size > rest.size() || !rest.starts_with(begin)) refuse(format("lacks tree {}", model.trees.size()));
    model.trees.push_back(read_tree(Block(rest.substr(0, size))));
    rest.remove_prefix(size);
  }
  if (!rest.starts_with(kEndOfTrees)) refuse("has more after its last tree");
  if (model.trees.empty()) refuse("has no tree");
  if (header.has("average_output")) model.sum.divisor = static_cast<double>(model.trees.size());
  return model;
}

class LightgbmModel final : public Model {
 public:
  LightgbmModel(std::string text, std::size_t columns)
      : LightgbmModel(read_model(text, columns), columns, std::move(text)) {}

  double margin(std::span<const double> row) const override { return trees_.margin(row); }
  double contributions(std::span<const double> row, std::span<double> out) const override {
    return trees_.contributions(row, out);
  }
  std::string save() const override { return text_; }

 private:
  LightgbmModel(const ReadModel& model, std::size_t columns, std::string&& text)
      : text_(std::move(text)), trees_(model.trees, columns, model.sum) {}

  std::string text_;
  TreeEnsemble trees_;
};

void replace_leaves(const Booster& booster, std::size_t columns,
                    const std::function<double(const GrownLeaf&)>& value_of) {
  const ReadModel grown = read_model(text_of(booster), columns);
  for (std::size_t t = 0; t < grown.trees.size(); ++t) {
    const std::size_t inner = grown.trees[t].size() / 2;  // leaves follow the inner nodes, one more than those
    for (std::size_t leaf = inner; leaf < grown.trees[t].size(); ++leaf) {
      const TreeNode& node = grown.trees[t][leaf];
      const double value = value_of({.value = node.value, .rows = node.cover, .is_whole_tree = inner == 0});
      check(LGBM_BoosterSetLeafValue(booster.get(), static_cast<int>(t), static_cast<int>(leaf - inner), value));
    }
  }
}

void centre_leaves(const Booster& booster, const FitRequest& request) {
  const LightgbmModel uncentred(text_of(booster), request.features.columns);
  std::vector<double> margins;
  for (std::size_t i = 0; i < request.features.rows; ++i) margins.push_back(uncentred.margin(request.features.row(i)));
  const double shift = centring_shift(margins, request.good, request.weights);
  replace_leaves(booster, request.features.columns, [&](const GrownLeaf& leaf) { return leaf.value + shift; });
}

std::string constraints(const FitRequest& request) {
  if (request.directions.empty()) return "";
  return format(" monotone_constraints_method=intermediate monotone_constraints={}", request.directions_text());
}

}  // namespace

std::unique_ptr<const Model> fit(const FitRequest& request, const Training& training) {
  request.validate();
  // Histograms by row and `deterministic` make the result the same for any number of threads.
  const std::string parameters =
      format("{} objective=binary deterministic=true force_row_wise=true verbosity=-1 seed={} num_threads={}{}",
             training.parameters, request.seed & 0x7fffffffU, request.threads_that_pay(), constraints(request));
  const Data data = training_data(request, parameters);
  Booster booster;
  check(LGBM_BoosterCreate(data.get(), parameters.c_str(), out(booster)));
  for (int i = 0; i < training.trees; ++i) {
    int is_finished = 0;
    check(LGBM_BoosterUpdateOneIter(booster.get(), &is_finished));
    if (is_finished != 0) break;
  }
  if (training.leaf_value) {
    replace_leaves(booster, request.features.columns, training.leaf_value);
    centre_leaves(booster, request);
  }
  return std::make_unique<LightgbmModel>(without_threads(text_of(booster)), request.features.columns);
}

std::unique_ptr<const Model> load(std::string_view bytes, std::size_t columns) {
  return std::make_unique<LightgbmModel>(std::string(bytes), columns);
}

}  // namespace asof::lightgbm
