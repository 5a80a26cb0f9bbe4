#include "sources/csv_records.h"

#include <utility>

namespace asof {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvRecords::CsvRecords(Read read) : read_(std::move(read)), buffer_(kBufferBytes) {
  while (filled_ < kByteOrderMark.size()) {
    const std::size_t count = read_(buffer_.data() + filled_, buffer_.size() - filled_);
    if (count == 0) break;
    filled_ += count;
  }
  if (std::string_view(buffer_.data(), filled_).starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

int CsvRecords::peek() {
  if (at_ == filled_) {
    at_ = 0;
    filled_ = read_(buffer_.data(), buffer_.size());
    if (filled_ == 0) return kEnd;
  }
  return static_cast<unsigned char>(buffer_[at_]);
}

int CsvRecords::take() {
  const int c = peek();
  if (c != kEnd) ++at_;
  return c;
}

bool CsvRecords::take_line_end() {
  const int c = peek();
  if (c != '\r' && c != '\n') return false;
  take();
  if (c == '\r' && peek() == '\n') take();
  ++line_;
  return true;
}

void CsvRecords::read_field(Record& record) {
  std::string& field = record.fields.emplace_back();
  if (peek() == '"') {
    take();
    while (true) {
      const int c = take();
      if (c == kEnd) {
        record.closed = false;
        return;
      }
      if (c == '"') {
        if (peek() != '"') break;
        take();
      }
      if (c == '\n' || (c == '\r' && peek() != '\n')) ++line_;
      field.push_back(static_cast<char>(c));
    }
  }
  for (int c = peek(); c != kEnd && c != ',' && c != '\r' && c != '\n'; c = peek()) {
    field.push_back(static_cast<char>(take()));
  }
}

bool CsvRecords::next(Record& record) {
  while (take_line_end()) {
  }
  if (peek() == kEnd) return false;
  record.line = line_;
  record.closed = true;
  record.fields.clear();
  read_field(record);
  while (peek() == ',') {
    take();
    read_field(record);
  }
  take_line_end();
  return true;
}

bool OpenQuote::begins_field(std::string_view text, std::size_t at) const {
  const char before = at == 0 ? last_ : text[at - 1];
  return before == ',' || before == '\n' || before == '\r';
}

void OpenQuote::add(std::string_view text) {
  if (at_start_ && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.empty()) return;
  at_start_ = false;
  std::size_t at = 0;
  if (closing_) {
    if (text[0] == '"') {
      at = 1;  // a doubled quote
    } else {
      quoted_ = false;
    }
    closing_ = false;
  }
  for (at = text.find('"', at); at != std::string_view::npos; at = text.find('"', at)) {
    if (!quoted_) {
      quoted_ = begins_field(text, at);
      ++at;
    } else if (at + 1 == text.size()) {
      closing_ = true;
      break;
    } else if (text[at + 1] == '"') {
      at += 2;
    } else {
      quoted_ = false;
      ++at;
    }
  }
  last_ = text.back();
}

}  // namespace asof
