// What can be done with every member of an evidence document by evidence/json_fields.h: fill it with chance, list it as
// text. Two things besides JSON, so that a round trip is not compared with itself.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "evidence/json_mechanism_fields.h"

namespace mailprobe::test {

/// Every member gets a value: arrays up to three elements, optionals null or not, words out of their table.
class Filler {
 public:
  explicit Filler(unsigned seed) : random_(seed) {}

  template <class T>
  void operator()(std::string_view, T& member) {
    fill(member);
  }
  template <class T>
  void known(std::string_view name, T& member) {
    (*this)(name, member);
  }
  template <class T>
  void later(std::string_view name, T& member) {
    (*this)(name, member);
  }

  template <class T>
    requires std::is_class_v<T>
  void fill(T& members) {
    evidence::fields(*this, members);
  }

 private:
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  void fill(bool& value) { value = below(2) == 1; }
  void fill(int& value) { value = std::uniform_int_distribution<int>(-2'000'000'000, 2'000'000'000)(random_); }
  void fill(std::int64_t& value) { value = std::uniform_int_distribution<std::int64_t>(INT64_MIN, INT64_MAX)(random_); }
  void fill(double& value) { value = below(1000) / 8.0; }
  void fill(Time& time) { time = Time(std::chrono::milliseconds(below(2'000'000'000)) * 1000); }
  void fill(std::string& text) {
    static const std::vector<std::string> pieces{"a",
                                                 "\"",
                                                 "\\",
                                                 "/",
                                                 "~",
                                                 "\r\n",
                                                 "ü",
                                                 "😀",
                                                 "\x7f",
                                                 "\x1b[0m",
                                                 " ",
                                                 std::string(1, '\0'),
                                                 "\xe2\x80\xa8",
                                                 "</script>"};
    text.clear();
    for (int i = below(8); i > 0; --i) text += pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))];
  }
  void fill(auth::ByteRange& range) {
    fill(range.first);
    fill(range.second);
  }
  template <Worded E>
  void fill(E& value) {
    const auto& table = Words<E>::table;
    value = table[static_cast<std::size_t>(below(static_cast<int>(table.size())))].first;
  }
  template <class T>
  void fill(std::optional<T>& value) {
    value.reset();
    if (below(4) != 0) fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    values.clear();
    for (int i = below(4); i > 0; --i) fill(values.emplace_back());
  }
  void fill(std::vector<std::pair<std::string, std::string>>& properties) {
    properties.clear();
    for (int i = below(4); i > 0; --i) {
      std::string value;
      fill(value);
      properties.emplace_back("header." + std::to_string(i / 2), value);  // a name comes again, beside itself
    }
  }
  void fill(std::map<std::string, std::optional<std::string>>& policies) {
    policies.clear();
    for (const auto* name : {"spf", "dmarc", "mta_sts", "bimi/~x"})
      if (below(3) != 0)
        policies[name] = below(2) == 0
                             ? std::nullopt
                             : std::optional<std::string>("v=x " + std::string(1, static_cast<char>('a' + below(26))));
  }

  std::mt19937 random_;
};

/// A line a member, in order: "probes[0].smtp.reply.code = 250".
class Lister {
 public:
  template <class T>
  void operator()(std::string_view name, const T& member) {
    const auto length = at_.size();
    at_ += "." + std::string(name);
    list(member);
    at_.resize(length);
  }
  template <class T>
  void known(std::string_view name, const T& member) {
    (*this)(name, member);
  }
  template <class T>
  void later(std::string_view name, const T& member) {
    (*this)(name, member);
  }

  template <class T>
    requires std::is_class_v<T>
  void list(const T& members) {
    evidence::fields(*this, members);
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void line(const std::string& value) { lines_.push_back(at_ + " = " + value); }

  void list(bool value) { line(value ? "true" : "false"); }
  void list(int value) { line(std::to_string(value)); }
  void list(std::int64_t value) { line(std::to_string(value)); }
  void list(double value) { line(std::to_string(value)); }
  void list(Time value) { line(rfc3339(value)); }
  void list(const std::string& value) { line("'" + value + "'"); }
  void list(const auth::ByteRange& range) { line(std::to_string(range.first) + "-" + std::to_string(range.second)); }
  template <Worded E>
  void list(E value) {
    line(std::string(word(value)));
  }
  template <class T>
  void list(const std::optional<T>& value) {
    if (value)
      list(*value);
    else
      line("null");
  }
  template <class T>
  void list(const std::vector<T>& values) {
    line(std::to_string(values.size()) + " elements");
    for (std::size_t i = 0; i < values.size(); ++i) (*this)(std::to_string(i), values[i]);
  }
  void list(const std::vector<std::pair<std::string, std::string>>& properties) {
    for (const auto& [name, value] : properties) line(name + " " + value);
  }
  void list(const std::map<std::string, std::optional<std::string>>& policies) {
    for (const auto& [name, value] : policies) (*this)(name, value);
  }

  std::string at_;
  std::vector<std::string> lines_;
};

inline std::vector<std::string> members_of(const evidence::Document& document) {
  Lister lister;
  lister.list(document);
  return lister.lines();
}

}  // namespace mailprobe::test
