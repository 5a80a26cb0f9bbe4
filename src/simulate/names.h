// What screens, actions, networks and location providers are called. A user's usual names come from the front of each
// list; the names at the end mean something only after an application.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "asof/table.h"

namespace asof::simulation {

inline constexpr std::size_t kUsualScreens = 150;
inline constexpr std::size_t kUsualActions = 50;
inline constexpr std::size_t kNetworks = 4;
inline constexpr std::size_t kProviders = 3;

inline constexpr std::uint16_t kApplicationScreen = kUsualScreens;
inline constexpr std::uint16_t kFirstRepaymentScreen = kUsualScreens + 1;
inline constexpr std::size_t kRepaymentScreens = 3;
inline constexpr std::uint16_t kNoticeScreen = kUsualScreens + 1 + kRepaymentScreens;
inline constexpr std::uint16_t kSubmitApplication = kUsualActions;
inline constexpr std::uint16_t kCollectorCall = kUsualActions + 1;

std::shared_ptr<const Dictionary> screen_names();
std::shared_ptr<const Dictionary> action_names();
std::shared_ptr<const Dictionary> network_names();
std::shared_ptr<const Dictionary> provider_names();

}  // namespace asof::simulation
