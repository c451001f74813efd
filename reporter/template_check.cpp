#include "reporter/template_check.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::reporter {

namespace {

struct Tag {
  char sign = ' ';  // #, ^, /, >, !, &, =, {; a space: a variable
  std::string_view name, inside;
  std::size_t line = 1;
};

std::unexpected<Error> wrong(std::size_t line, const std::string& what) {
  return fail(Failure::usage, std::to_string(line) + ": " + what);
}

std::string shown(std::string_view name) { return "{{" + safe_text(name, 60) + "}}"; }

Tag tag_of(std::string_view inside, std::size_t line) {
  constexpr std::string_view signs = "#^/>!&={";
  const auto text = trim(inside);
  if (text.empty() || !signs.contains(text.front())) return {' ', text, inside, line};
  return {text.front(), trim(text.substr(1)), inside, line};
}

/// Each tag in turn, until one says that something is wrong.
Result<void> scan(std::string_view text, const std::function<Result<void>(const Tag&)>& visit) {
  std::size_t line = 1;
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{")) {
    line += static_cast<std::size_t>(std::ranges::count(text.substr(0, open), '\n'));
    const auto close = text.find("}}", open + 2);
    if (close == std::string_view::npos) return wrong(line, "a tag begins here and does not end");
    const auto inside = text.substr(open + 2, close - open - 2);
    if (auto ok = visit(tag_of(inside, line)); !ok) return ok;
    line += static_cast<std::size_t>(std::ranges::count(inside, '\n'));
    text.remove_prefix(close + 2);
  }
  return {};
}

class Checker {
 public:
  explicit Checker(const std::set<std::string>& known) : known_(known) {}

  Result<void> operator()(const Tag& tag) {
    switch (tag.sign) {
      case '!': return {};
      case '&':
      case '{': return wrong(tag.line, shown(tag.name) + " would be written without escaping: use two braces");
      case '=': return wrong(tag.line, "other delimiters than {{ and }} are not taken");
      case '>': return partial(tag);
      case '/': return end(tag);
      case '#':
      case '^': open_.push_back(tag); break;
      default: break;
    }
    return name(tag);
  }

  [[nodiscard]] Result<void> finish() const {
    if (open_.empty()) return {};
    return wrong(open_.back().line, "the section " + shown(open_.back().name) + " begins here and does not end");
  }

 private:
  static Result<void> partial(const Tag& tag) {
    for (const std::string_view part : {">badge", ">session", ">chain", ">first", ">sections", ">probes"})
      if (tag.inside == part) return {};
    return wrong(tag.line, shown(tag.inside) +
                               " is no partial: there are {{>badge}}, {{>session}}, {{>chain}}, {{>first}}, "
                               "{{>sections}} and {{>probes}}");
  }

  Result<void> end(const Tag& tag) {
    if (open_.empty()) return wrong(tag.line, "no section " + shown(tag.name) + " is open here");
    if (open_.back().name != tag.name)
      return wrong(tag.line, "the section " + shown(open_.back().name) + " of line " +
                                 std::to_string(open_.back().line) + " is open here, not " + shown(tag.name));
    open_.pop_back();
    return {};
  }

  [[nodiscard]] Result<void> name(const Tag& tag) const {
    const std::string name(tag.name);
    if (known_.contains(name)) return {};
    const std::vector<std::string> all(known_.begin(), known_.end());
    return wrong(tag.line, "nothing is called " + shown(name) + did_you_mean(name, all));
  }

  const std::set<std::string>& known_;
  std::vector<Tag> open_;
};

}  // namespace

std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> names;
  (void)scan(text, [&](const Tag& tag) -> Result<void> {
    if (tag.sign == ' ' || tag.sign == '#' || tag.sign == '^') names.emplace(tag.name);
    return {};
  });
  return names;
}

Result<void> check_template(std::string_view text, const std::set<std::string>& known) {
  Checker checker(known);
  if (auto ok = scan(text, std::ref(checker)); !ok) return ok;
  return checker.finish();
}

}  // namespace mailprobe::reporter
