#include "base/utf8.h"

#include <gtest/gtest.h>

namespace asof {
namespace {

TEST(Utf8, well_formed_texts_are_told_from_others) {
  for (const char* text : {"", "abc", "Grüße", "日本語", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  const char* const broken[] = {
      "\x80",              // a continuation without a beginning
      "\xC3",              // cut off
      "\xC0\xAF",          // a longer form than needed
      "\xE0\x80\xAF",      // the same, three bytes
      "\xED\xA0\x80",      // half a surrogate pair
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF0\x9F\x98",      // cut off
      "Gr\xFC\xDF",        // Latin-1
  };
  for (const char* text : broken) EXPECT_FALSE(is_utf8(text)) << shown(text);
}

TEST(Utf8, values_are_shown_on_one_line_and_cut) {
  EXPECT_EQ(shown("Grüße"), "Grüße");
  EXPECT_EQ(shown("a\nb\x7F"), "a\\x0Ab\\x7F");
  EXPECT_EQ(shown("Gr\xFC"), "Gr\\xFC");
  EXPECT_EQ(shown(std::string(1000, 'x')), std::string(60, 'x') + "...");
}

}  // namespace
}  // namespace asof
