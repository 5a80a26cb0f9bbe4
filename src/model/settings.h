// What the kinds share in proposing settings.
#pragma once

#include <cstddef>
#include <vector>

#include "model/model.h"

namespace asof {

/// From here on, larger trees find more than noise (seen on 30,000 credit-card clients).
inline constexpr std::size_t kManyRows = 20'000;

/// Each setting twice, named so: with missing values imputed by the median, and kept. Which is better is a question to
/// the data, so both are tried.
std::vector<Setting> imputed_and_kept(const std::vector<Setting>& settings);

/// Either of the two ways with missing values, and the name without it.
Setting drawn(std::string name, Random& random, Json parameters);

/// Uniform on the logarithm, between two positive numbers, to three digits so that people can read and repeat it.
double log_uniform(Random& random, double low, double high);
int log_uniform(Random& random, int low, int high);

/// Of boosting: the slower the steps, the more of them.
struct Steps {
  double rate = 0.0;
  int trees = 0;
};

/// What is drawn is the rate, and how far the steps go together.
Steps draw_steps(Random& random);

/// How many rows a leaf needs at least: `wanted`, less where there are few rows, but never below 5.
int leaf_rows_min(std::size_t rows, int wanted);

}  // namespace asof
