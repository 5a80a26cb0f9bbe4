// A recursive-descent parser, one function per line of the grammar in expression.h.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/expression.h"
#include "features/function.h"

namespace asof {
namespace {

constexpr int kOperatorsMax = 300;  // in one definition: each is a level of the tree, which is walked recursively
constexpr int kDepthMax =
    200;  // of parentheses and calls: a definition deeper than this is not one that a person wrote

enum class TokenKind { kEnd, kNumber, kDuration, kText, kName, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // of kText: without the quotes around it
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(const Definition& definition) : definition_(definition), text_(definition.expression) {}

  Token next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    const std::size_t begin = at_;
    if (at_ == text_.size()) return {TokenKind::kEnd, {}, begin, begin};
    if (starts_name(text_[at_])) {
      while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
      return token(TokenKind::kName, begin);
    }
    if (is_digit(text_[at_]) || (text_[at_] == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
      return number(begin);
    if (text_[at_] == '\'') return quoted(begin);
    for (const std::string_view symbol : {"!=", "<=", ">="}) {
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        return token(TokenKind::kSymbol, begin);
      }
    }
    ++at_;
    if (std::string_view("()+-*/=<>,.").find(text_[begin]) == std::string_view::npos) {
      fail_at(definition_, begin, at_, format("`{}` has no meaning here", text_[begin]));
    }
    return token(TokenKind::kSymbol, begin);
  }

 private:
  Token token(TokenKind kind, std::size_t begin) const { return {kind, text_.substr(begin, at_ - begin), begin, at_}; }

  /// `12`, `0.5`, `1e-3`, or a length of time: `30d`.
  Token number(std::size_t begin) {
    const auto digits = [this] {
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    };
    digits();
    if (at_ < text_.size() && text_[at_] == '.') ++at_, digits();
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      std::size_t after = at_ + 1;
      if (after < text_.size() && (text_[after] == '-' || text_[after] == '+')) ++after;
      if (after < text_.size() && is_digit(text_[after])) at_ = after, digits();
    }
    if (at_ == text_.size() || !starts_name(text_[at_])) return token(TokenKind::kNumber, begin);
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    return token(TokenKind::kDuration, begin);
  }

  Token quoted(std::size_t begin) {
    std::size_t closing = text_.find('\'', begin + 1);
    while (closing != std::string_view::npos && text_.substr(closing).starts_with("''"))
      closing = text_.find('\'', closing + 2);
    if (closing == std::string_view::npos) fail_at(definition_, begin, text_.size(), "this text has no closing `'`");
    at_ = closing + 1;
    return {TokenKind::kText, text_.substr(begin + 1, closing - begin - 1), begin, at_};
  }

  const Definition& definition_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Two quotes in a text stand for one.
std::string unquoted(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '\'') ++i;
  }
  return result;
}

/// Every name that may stand before a parenthesis.
std::vector<std::string> callable_names() {
  std::vector<std::string> names;
  for (const Aggregation* aggregation : all_aggregations()) names.emplace_back(aggregation->name);
  for (const Function& function : functions()) names.emplace_back(function.name);
  return names;
}

class Parser {
 public:
  explicit Parser(const Definition& definition) : definition_(definition), lexer_(definition) { advance(); }

  Node whole() {
    Node node = expression();
    if (token_.kind != TokenKind::kEnd) fail("an operator or the end was expected here");
    return node;
  }

 private:
  [[noreturn]] void fail(std::string_view message) const {
    fail_at(definition_, token_.begin, std::max(token_.end, token_.begin + 1), message);
  }

  void advance() {
    last_end_ = token_.end;
    token_ = lexer_.next();
  }

  bool is(TokenKind kind, std::string_view text) const { return token_.kind == kind && token_.text == text; }
  bool is_symbol(std::string_view text) const { return is(TokenKind::kSymbol, text); }
  bool is_word(std::string_view text) const { return is(TokenKind::kName, text); }

  bool take_symbol(std::string_view text) { return take(TokenKind::kSymbol, text); }
  bool take_word(std::string_view text) { return take(TokenKind::kName, text); }
  bool take(TokenKind kind, std::string_view text) {
    if (!is(kind, text)) return false;
    advance();
    return true;
  }

  void expect_symbol(std::string_view text) {
    if (!take_symbol(text)) fail(format("`{}` was expected here", text));
  }

  void count_operator() {
    if (++operators_ <= kOperatorsMax) return;
    fail(format("this has more than {} operators; name a part of it as a feature of its own", kOperatorsMax));
  }

  Node combine(NodeKind kind, std::string_view text, Node left, Node right) {
    count_operator();
    Node node{.kind = kind, .begin = left.begin, .end = right.end, .text = std::string(text)};
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }

  Node expression() {
    if (++depth_ > kDepthMax)
      fail(format("this is nested more than {} deep; name a part of it as a feature of its own", kDepthMax));
    Node left = conjunction();
    while (take_word("or")) left = combine(NodeKind::kBinary, "or", std::move(left), conjunction());
    --depth_;
    return left;
  }

  Node conjunction() {
    Node left = negation();
    while (take_word("and")) left = combine(NodeKind::kBinary, "and", std::move(left), negation());
    return left;
  }

  Node prefixed(std::string_view text, std::size_t begin, Node operand) {
    count_operator();
    Node node{.kind = NodeKind::kUnary, .begin = begin, .end = operand.end, .text = std::string(text)};
    node.children.push_back(std::move(operand));
    return node;
  }

  Node negation() {
    const std::size_t begin = token_.begin;
    std::size_t negations = 0;
    while (take_word("not")) ++negations;
    Node node = comparison();
    for (; negations > 0; --negations) node = prefixed("not", begin, std::move(node));
    return node;
  }

  Node comparison() {
    const std::size_t begin = token_.begin;
    Node left = sum();
    for (const std::string_view symbol : {"=", "!=", "<=", ">=", "<", ">"}) {
      if (take_symbol(symbol)) return combine(NodeKind::kBinary, symbol, std::move(left), sum());
    }
    if (take_word("is")) {
      const bool negated = take_word("not");
      if (!take_word("missing")) fail("`missing` was expected here: `is missing` or `is not missing`");
      Node node{.kind = NodeKind::kIsMissing, .begin = left.begin, .end = last_end_};
      node.children.push_back(std::move(left));
      return negated ? prefixed("not", begin, std::move(node)) : node;
    }
    const bool negated = is_word("not");
    if (negated) advance();
    if (!take_word("in")) {
      if (negated) fail("`in` was expected here: `not in ('a', 'b')`");
      return left;
    }
    Node node = list(std::move(left));
    return negated ? prefixed("not", begin, std::move(node)) : node;
  }

  Node list(Node left) {
    Node node{.kind = NodeKind::kIn, .begin = left.begin};
    node.children.push_back(std::move(left));
    expect_symbol("(");
    do {
      node.children.push_back(unary());
    } while (take_symbol(","));
    expect_symbol(")");
    node.end = last_end_;
    return node;
  }

  Node sum() {
    Node left = product();
    while (is_symbol("+") || is_symbol("-")) {
      const std::string_view symbol = token_.text;
      advance();
      left = combine(NodeKind::kBinary, symbol, std::move(left), product());
    }
    return left;
  }

  Node product() {
    Node left = unary();
    while (is_symbol("*") || is_symbol("/")) {
      const std::string_view symbol = token_.text;
      advance();
      left = combine(NodeKind::kBinary, symbol, std::move(left), unary());
    }
    return left;
  }

  Node unary() {
    const std::size_t begin = token_.begin;
    std::size_t minuses = 0;
    while (take_symbol("-")) ++minuses;
    Node node = primary();
    for (; minuses > 0; --minuses) node = prefixed("-", begin, std::move(node));
    return node;
  }

  Node primary() {
    Node node{.kind = NodeKind::kNumber, .begin = token_.begin, .end = token_.end};
    if (token_.kind == TokenKind::kNumber) {
      const auto [end, error] =
          std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), node.number);
      if (error == std::errc::result_out_of_range) fail("this number is too large or too small for a double");
      advance();
      return node;
    }
    if (token_.kind == TokenKind::kText) {
      node.kind = NodeKind::kText;
      node.text = unquoted(token_.text);
      advance();
      return node;
    }
    if (token_.kind == TokenKind::kDuration)
      fail("a length of time stands only after `over` and `ending`, or alone as the setting of an aggregation");
    if (take_symbol("(")) {
      Node inner = expression();
      expect_symbol(")");
      return inner;
    }
    if (token_.kind != TokenKind::kName) fail("a number, a text in 'quotes', a name or a call was expected here");
    return named();
  }

  /// `name`, `table.column` or `call(...)`.
  Node named() {
    Node node{.kind = NodeKind::kName, .begin = token_.begin, .end = token_.end, .text = std::string(token_.text)};
    const Token name = token_;
    advance();
    if (is_symbol("(")) return call(name);
    if (take_symbol(".")) {
      if (token_.kind != TokenKind::kName) fail(format("a column of `{}` was expected after the dot", name.text));
      node.kind = NodeKind::kColumn;
      node.table = std::move(node.text);
      node.text = token_.text;
      node.end = token_.end;
      advance();
      return node;
    }
    if (name.text == "true" || name.text == "false") {
      // Conditions are 1 and 0; the plan knows a literal by its text.
      node.kind = NodeKind::kNumber;
      node.number = name.text == "true" ? 1.0 : 0.0;
    }
    return node;
  }

  Node call(const Token& name) {
    Node node{.kind = NodeKind::kFunction, .begin = name.begin};
    node.aggregation = find_aggregation(name.text);
    node.function = find_function(name.text);
    if (node.aggregation == nullptr && node.function == nullptr) {
      fail_at(
          definition_, name.begin, name.end,
          format("there is no function or aggregation `{}`{}", name.text, did_you_mean(name.text, callable_names())));
    }
    expect_symbol("(");
    if (node.aggregation != nullptr) {
      node.kind = NodeKind::kAggregate;
      node.children.push_back(expression());
      while (take_symbol(",")) node.arguments.push_back(argument());
      if (take_word("over")) node.window = window();
      if (take_word("where")) node.where.push_back(expression());
      if (!is_symbol(")")) fail("`,`, `over`, `where` or `)` was expected here");
    } else {
      do {
        node.children.push_back(expression());
      } while (take_symbol(","));
    }
    expect_symbol(")");
    node.end = last_end_;
    return node;
  }

  Node argument() {
    if (token_.kind != TokenKind::kDuration) return expression();
    Node node{.kind = NodeKind::kLength, .begin = token_.begin, .end = token_.end};
    node.number = static_cast<double>(duration().microseconds);
    return node;
  }

  Duration duration() {
    if (token_.kind != TokenKind::kDuration) fail("a length of time was expected here, such as 30d, 24h, 90m or 2w");
    try {
      const Duration length = parse_duration(token_.text);
      advance();
      return length;
    } catch (const Error& error) {
      fail(error.what());
    }
  }

  WindowSpec window() {
    WindowSpec window;
    if (take_word("last")) {
      std::size_t rows = 0;
      const auto [end, error] = std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), rows);
      if (token_.kind != TokenKind::kNumber || error != std::errc{} || end != token_.text.data() + token_.text.size() ||
          rows == 0) {
        fail("a number of rows was expected here: `last 20 rows`");
      }
      advance();
      if (!take_word("rows") && !take_word("row")) fail("`rows` was expected here: `last 20 rows`");
      window.rows = rows;
    } else if (!take_word("all")) {
      window.length = duration();
      if (window.length->microseconds == 0) fail("a window of no length holds no row");
    }
    if (take_word("ending")) {
      window.ending = duration();
      if (!take_word("before")) fail("`before` was expected here: `ending 24h before`");
    }
    return window;
  }

  const Definition& definition_;
  Lexer lexer_;
  Token token_;
  std::size_t last_end_ = 0;
  int depth_ = 0;
  int operators_ = 0;
};

}  // namespace

Node parse_expression(const Definition& definition) { return Parser(definition).whole(); }

void fail_at(const Definition& definition, std::size_t begin, std::size_t end, std::string_view message) {
  constexpr std::size_t kShown = 120;  // bytes of the text around the place
  const std::string& text = definition.expression;
  const std::size_t from = begin > kShown / 2 ? begin - kShown / 2 : 0;
  std::string shown = text.substr(from, kShown);
  std::ranges::replace(shown, '\n', ' ');
  const std::string place =
      definition.line > 0 ? format("{} line {}", definition.origin, definition.line) : definition.origin;
  const std::size_t width =
      std::max<std::size_t>(1, std::min(end, from + shown.size()) - std::min(begin, from + shown.size()));
  throw Error(Error::kInvalidInput, format("{}: feature `{}`: {}\n    {}\n    {}{}", place, definition.name, message,
                                           shown, std::string(begin - from, ' '), std::string(width, '^')));
}

}  // namespace asof
