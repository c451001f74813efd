#include "yaml/fields.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"

namespace mailprobe::yaml {

namespace {

constexpr std::size_t max_shown = 10;  // problems of one file

Place place_of(const auto& there) { return {.line = there.line, .column = there.column}; }

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_one_line(const Node& node, const std::string& key, Problems& problems) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::none_of(node.text, control)) return true;
  problems.add(place_of(node), in_quotes(key) + " holds a control character or a line end: write it in one line");
  return false;
}

}  // namespace

void Problems::add(Place at, std::string what) {
  if (shown_ == Places::lines) at.column = 0;
  const auto [first, last] = found_.equal_range(at);
  if (std::none_of(first, last, [&](const auto& one) { return one.second == what; }))
    found_.emplace(at, std::move(what));
}

Error Problems::error() const {
  std::string text;
  std::size_t shown = 0;
  for (const auto& [at, what] : found_) {
    if (shown++ == max_shown) break;
    text += (text.empty() ? "" : "\n") + file_ + ":" + text_of(at, shown_) + ": " + what;
  }
  if (found_.size() > max_shown) text += "\n… and " + std::to_string(found_.size() - max_shown) + " more";
  return {.kind = Failure::usage, .message = std::move(text), .cause = {}, .peer = {}};
}

std::string kind_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::scalar: return "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map of keys";
  }
  return "?";
}

Fields::Fields(const Node& node, std::string where, Problems& problems)
    : node_(node),
      at_{.line = std::max(node.line, 1), .column = node.column},
      where_(std::move(where)),
      problems_(problems) {
  if (node.kind != Node::Kind::map && node.kind != Node::Kind::null)
    problems_.add(at_, (where_.empty() ? "the file" : in_quotes(where_)) + " is to be a map of keys, not " +
                           kind_of(node) + ": write \"key: value\" lines");
}

const Node* Fields::find(const std::string& key) {
  if (!holds(known_, key)) known_.push_back(key);
  const auto found = std::ranges::find(node_.members, key, &Node::Member::key);
  return found == node_.members.end() ? nullptr : &found->value;
}

const Node* Fields::node(const std::string& key) {
  const auto* found = find(key);
  return found != nullptr && found->kind != Node::Kind::null ? found : nullptr;
}

std::optional<Word> Fields::word(const std::string& key) {
  const auto* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind != Node::Kind::scalar) {
    problems_.add(place_of(*found), in_quotes(key) + " is to be a single value, not " + kind_of(*found));
    return std::nullopt;
  }
  if (found->text.empty()) return std::nullopt;
  if (!is_one_line(*found, key, problems_)) return std::nullopt;
  return Word{found->text, found->line, found->column};
}

std::vector<Word> Fields::words(const std::string& key) {
  const auto* found = node(key);
  if (found == nullptr) return {};
  if (found->kind == Node::Kind::scalar) {
    const auto one = word(key);
    return one ? std::vector{*one} : std::vector<Word>{};
  }
  if (found->kind != Node::Kind::list) {
    problems_.add(place_of(*found), in_quotes(key) + " is to be a list, not " + kind_of(*found) + ": write [a, b]");
    return {};
  }
  std::vector<Word> words;
  for (const auto& item : found->items) {
    if (item.kind != Node::Kind::scalar)
      problems_.add(place_of(item), in_quotes(key) + " is to be a list of single values; here is " + kind_of(item));
    else if (is_one_line(item, key, problems_))
      words.push_back({item.text, item.line, item.column});
  }
  return words;
}

std::vector<Node::Member> Fields::members(const std::string& key) {
  const auto* found = node(key);
  if (found == nullptr) return {};
  if (found->kind != Node::Kind::map) {
    problems_.add(place_of(*found), in_quotes(key) + " is to be a map of names, not " + kind_of(*found));
    return {};
  }
  return found->members;
}

long Fields::number(const std::string& key, long otherwise, long min, long max) {
  const auto value = word(key);
  if (!value) return otherwise;
  const auto number = parse_number(value->text);
  if (number && *number >= static_cast<unsigned long>(min) && *number <= static_cast<unsigned long>(max))
    return static_cast<long>(*number);
  problems_.add(value->at(), in_quotes(key) + " is " + in_quotes(value->text) + ": a whole number from " +
                                 std::to_string(min) + " to " + std::to_string(max) + " belongs here");
  return otherwise;
}

std::chrono::milliseconds Fields::duration(const std::string& key, std::chrono::milliseconds otherwise) {
  const auto value = word(key);
  if (!value) return otherwise;
  if (const auto duration = parse_duration(value->text); duration && duration->count() > 0) return *duration;
  problems_.add(value->at(),
                in_quotes(key) + " is " + in_quotes(value->text) + ": a duration like 90s, 5m, 2h or 1d belongs here");
  return otherwise;
}

// Where the whole is no map, or the value is there and wrong, that has been said.
void Fields::missing(const std::string& key, const std::string& remedy) {
  if (node_.kind != Node::Kind::map && node_.kind != Node::Kind::null) return;
  const auto* there = node(key);
  if (there != nullptr && (there->kind != Node::Kind::scalar || !there->text.empty())) return;
  problems_.add(at_, (where_.empty() ? "" : in_quotes(where_) + " has ") + "no " + in_quotes(key) + ": " + remedy);
}

void Fields::refuse(const std::string& key, const std::string& why) {
  refused_.push_back(key);
  const auto found = std::ranges::find(node_.members, key, &Node::Member::key);
  if (found != node_.members.end()) problems_.add(place_of(*found), why);
}

void Fields::finish() {
  for (const auto& member : node_.members) {
    if (holds(known_, member.key) || holds(refused_, member.key)) continue;
    auto hint = did_you_mean(member.key, known_);
    if (hint.empty()) hint = ": known here are " + any_of(known_);
    problems_.add(place_of(member),
                  "unknown key " + in_quotes(member.key) + (where_.empty() ? "" : " in " + in_quotes(where_)) + hint);
  }
}

}  // namespace mailprobe::yaml
