// One map of a YAML file, read field by field: each mistake is noted with its line, each key that nobody asked
// for is unknown. Not what the values mean: that is the sections' business.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "yaml/tree.h"

namespace mailprobe::yaml {

/// What is wrong with a file, in the order of its lines.
class Problems {
 public:
  explicit Problems(std::string file, Places shown = Places::lines) : file_(std::move(file)), shown_(shown) {}

  /// `what` says what is wrong and, after a colon, what to do. The same of the same place is said once.
  void add(int line, std::string what) { add(Place{.line = line, .column = 0}, std::move(what)); }
  void add(Place at, std::string what);
  [[nodiscard]] bool none() const { return found_.empty(); }
  /// A line "FILE:LINE: what" for each, a few at most.
  [[nodiscard]] Error error() const;
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  Places shown_;
  std::multimap<Place, std::string> found_;  // by place, then as they were found
};

/// A scalar and where it stands.
struct Word {
  std::string text;
  int line = 0, column = 0;
  [[nodiscard]] Place at() const { return {line, column}; }
};

class Fields {
 public:
  /// `node` is a map or null; anything else is a problem. `where` names it in messages: "mailboxes.target".
  Fields(const Node& node, std::string where, Problems& problems);
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  /// Absent, null and empty are alike: nullopt.
  std::optional<Word> word(const std::string& key);
  /// A list of words, or a single one.
  std::vector<Word> words(const std::string& key);
  /// nullptr where absent or null.
  const Node* node(const std::string& key);
  /// The members of a map of maps; empty where absent.
  std::vector<Node::Member> members(const std::string& key);
  long number(const std::string& key, long otherwise, long min, long max);
  std::chrono::milliseconds duration(const std::string& key, std::chrono::milliseconds otherwise);

  /// `key` is missing: `remedy` says what belongs there.
  void missing(const std::string& key, const std::string& remedy);
  /// A key that must not stand here, and why.
  void refuse(const std::string& key, const std::string& why);
  /// Every key that was not asked for is unknown. To be called last.
  void finish();

  [[nodiscard]] int line() const { return at_.line; }
  [[nodiscard]] Place at() const { return at_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  Problems& problems() { return problems_; }

 private:
  const Node* find(const std::string& key);

  const Node& node_;
  Place at_;
  std::string where_;
  Problems& problems_;
  std::vector<std::string> known_, refused_;
};

/// "a list", "a map", …
std::string kind_of(const Node& node);

}  // namespace mailprobe::yaml
