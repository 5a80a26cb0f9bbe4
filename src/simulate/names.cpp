// Screens are places in an app, actions are gestures on parts of a screen; the most popular come first.
#include "simulate/names.h"

#include <string>

namespace asof::simulation {
namespace {

constexpr const char* kPages[] = {"overview", "details", "list",    "edit", "confirm",
                                  "history",  "search",  "summary", "help", "start"};
constexpr const char* kAreas[] = {"home",    "loan",    "wallet",  "account",  "profile",
                                  "bills",   "airtime", "support", "transfer", "savings",
                                  "rewards", "offers",  "inbox",   "settings", "documents"};
constexpr const char* kGestures[] = {"view", "tap",   "scroll", "back", "swipe",
                                     "type", "close", "select", "hold", "refresh"};
constexpr const char* kParts[] = {"screen", "button", "list", "field", "menu"};
static_assert(std::size(kPages) * std::size(kAreas) == kUsualScreens);
static_assert(std::size(kGestures) * std::size(kParts) == kUsualActions);

template <class First, class Second>
Dictionary pairs(const First& outer, const Second& inner, bool inner_first) {
  Dictionary names;
  for (const char* a : outer)
    for (const char* b : inner) names.push_back(inner_first ? std::string(b) + "_" + a : std::string(a) + "_" + b);
  return names;
}

std::shared_ptr<const Dictionary> shared(Dictionary names) {
  return std::make_shared<const Dictionary>(std::move(names));
}

}  // namespace

std::shared_ptr<const Dictionary> screen_names() {
  static const auto names = [] {
    Dictionary all = pairs(kPages, kAreas, true);
    for (const char* name :
         {"application_form", "repayment_amount", "repayment_method", "repayment_receipt", "notice_overdue"})
      all.emplace_back(name);
    return shared(std::move(all));
  }();
  return names;
}

std::shared_ptr<const Dictionary> action_names() {
  static const auto names = [] {
    Dictionary all = pairs(kParts, kGestures, true);
    for (const char* name : {"submit_application", "collector_call"}) all.emplace_back(name);
    return shared(std::move(all));
  }();
  return names;
}

std::shared_ptr<const Dictionary> network_names() {
  static const auto names = shared({"WIFI", "LTE", "3G", "2G"});
  return names;
}

std::shared_ptr<const Dictionary> provider_names() {
  static const auto names = shared({"fused", "gps", "network"});
  return names;
}

}  // namespace asof::simulation
