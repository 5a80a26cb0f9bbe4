// What libFuzzer and replay_test.cpp call: the one function of every *_fuzz.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

/// Gives these bytes to the code under test. Returns 0; what must not happen is thrown, or stopped by a sanitizer.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
