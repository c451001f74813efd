#include "lab/imap_search.h"

#include <algorithm>
#include <array>

#include "auth/header_block.h"
#include "base/text.h"
#include "lab/imap_limits.h"
#include "lab/imap_set.h"

namespace mailprobe::lab {

namespace {

using Message = MailStore::Message;

std::unexpected<Error> bad(std::string what) { return fail(Failure::protocol, std::move(what), Cause::protocol_error); }

bool holds(std::string_view text, std::string_view needle) { return ifind(text, needle) != std::string_view::npos; }

/// "A zero-length string matches all messages that have a header line with the specified field-name" (RFC 3501 §6.4.4).
bool header_holds(const Message& message, std::string_view field, std::string_view needle) {
  const auto split = auth::split_message(message.raw);
  const auto fields = split.all(field);
  return std::ranges::any_of(fields, [&](const auto* each) { return holds(auth::unfold(each->value), needle); });
}

std::optional<Time> sent(const Message& message) {
  const auto split = auth::split_message(message.raw);
  const auto* date = split.first("Date");
  return date ? parse_rfc5322(trim(date->value)) : std::nullopt;
}

struct Flag {
  std::string_view name;
  bool (*is)(const Message&);
};

constexpr std::array flags{
    Flag{"ALL", [](const Message&) { return true; }},
    Flag{"SEEN", [](const Message& m) { return m.seen; }},
    Flag{"UNSEEN", [](const Message& m) { return !m.seen; }},
    Flag{"DELETED", [](const Message& m) { return m.deleted; }},
    Flag{"UNDELETED", [](const Message& m) { return !m.deleted; }},
    // Flags that this server does not keep, \Recent among them: no message has them.
    Flag{"ANSWERED", [](const Message&) { return false; }},
    Flag{"FLAGGED", [](const Message&) { return false; }},
    Flag{"DRAFT", [](const Message&) { return false; }},
    Flag{"RECENT", [](const Message&) { return false; }},
    Flag{"NEW", [](const Message&) { return false; }},
    Flag{"OLD", [](const Message&) { return true; }},
    Flag{"UNANSWERED", [](const Message&) { return true; }},
    Flag{"UNFLAGGED", [](const Message&) { return true; }},
    Flag{"UNDRAFT", [](const Message&) { return true; }},
};

constexpr std::array<std::string_view, 5> header_keys{"BCC", "CC", "FROM", "SUBJECT", "TO"};
constexpr std::array<std::string_view, 6> date_keys{"BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"};

/// date = date-day "-" date-month "-" date-year                                                           (RFC 3501 §9)
std::optional<std::chrono::sys_days> parse_date(std::string text) {
  std::ranges::replace(text, '-', ' ');
  const auto time = parse_rfc5322(text + " 00:00:00 +0000");
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*time);
}

bool date_holds(std::string_view key, std::chrono::sys_days day, std::chrono::sys_days wanted) {
  if (key.ends_with("BEFORE")) return day < wanted;
  if (key.ends_with("ON")) return day == wanted;
  return day >= wanted;
}

class Keys {
 public:
  explicit Keys(const std::vector<Argument>& arguments) : next_(arguments.begin()), end_(arguments.end()) {}

  /// Until the end: all of them hold.
  Result<Question> all(std::size_t depth) {
    std::vector<Question> questions;
    do {
      auto one = key(depth);
      if (!one) return one;
      questions.push_back(std::move(*one));
    } while (next_ != end_);
    return [questions = std::move(questions)](const Seen& seen) {
      return std::ranges::all_of(questions, [&](const Question& each) { return each(seen); });
    };
  }

 private:
  Result<Question> key(std::size_t depth) {
    if (depth > max_imap_depth) return bad("Search keys nested too deeply");
    if (next_ == end_) return bad("A search key is missing");
    const auto& argument = *next_++;
    if (argument.list() && !argument.items.empty()) return Keys(argument.items).all(depth + 1);
    if (!argument.atom()) return bad("A search key is needed");
    if (argument.is("NOT")) return negated(depth);
    if (argument.is("OR")) return either(depth);
    for (const auto& flag : flags)
      if (argument.is(flag.name)) return [is = flag.is](const Seen& seen) { return is(seen.message); };
    for (const auto name : header_keys)
      if (argument.is(name)) return header(std::string(name));
    for (const auto name : date_keys)
      if (argument.is(name)) return date(std::string(name));
    return other(argument);
  }

  Result<Question> other(const Argument& argument) {
    if (argument.is("HEADER")) {
      auto field = string();
      if (!field) return std::unexpected(field.error());
      return header(std::move(*field));
    }
    if (argument.is("BODY") || argument.is("TEXT")) return content(argument.is("TEXT"));
    if (argument.is("LARGER") || argument.is("SMALLER")) return size(argument.is("LARGER"));
    if (argument.is("KEYWORD") || argument.is("UNKEYWORD")) return keyword(argument.is("UNKEYWORD"));
    if (argument.is("UID")) return uids();
    return sequence(argument.text);
  }

  Result<Question> negated(std::size_t depth) {
    auto inner = key(depth + 1);
    if (!inner) return inner;
    return [inner = std::move(*inner)](const Seen& seen) { return !inner(seen); };
  }

  Result<Question> either(std::size_t depth) {
    auto a = key(depth + 1);
    if (!a) return a;
    auto b = key(depth + 1);
    if (!b) return b;
    return [a = std::move(*a), b = std::move(*b)](const Seen& seen) { return a(seen) || b(seen); };
  }

  Result<std::string> string() {
    if (next_ == end_ || next_->list()) return bad("A string is needed");
    return (next_++)->text;
  }

  Result<Question> header(std::string field) {
    auto needle = string();
    if (!needle) return std::unexpected(needle.error());
    return [field = std::move(field), needle = std::move(*needle)](const Seen& seen) {
      return header_holds(seen.message, field, needle);
    };
  }

  Result<Question> content(bool whole) {
    auto needle = string();
    if (!needle) return std::unexpected(needle.error());
    return [whole, needle = std::move(*needle)](const Seen& seen) {
      return holds(whole ? seen.message.raw : auth::split_message(seen.message.raw).body, needle);
    };
  }

  Result<Question> size(bool larger) {
    const auto text = string();
    const auto bound = text ? parse_number(*text) : std::nullopt;
    if (!bound) return bad("A number is needed");
    return [larger, bound = *bound](const Seen& seen) {
      const auto size = seen.message.raw.size();
      return larger ? size > bound : size < bound;
    };
  }

  Result<Question> keyword(bool absent) {
    if (auto name = string(); !name) return std::unexpected(name.error());
    return [absent](const Seen&) { return absent; };
  }

  Result<Question> date(std::string key) {
    const auto text = string();
    const auto wanted = text ? parse_date(*text) : std::nullopt;
    if (!wanted) return bad("A date like 1-Jan-2026 is needed");
    return [key = std::move(key), wanted = *wanted](const Seen& seen) {
      const auto time = key.starts_with("SENT") ? sent(seen.message) : seen.message.received;
      return time && date_holds(key, std::chrono::floor<std::chrono::days>(*time), wanted);
    };
  }

  Result<Question> uids() {
    const auto text = string();
    const auto set = text ? NumberSet::parse(*text) : std::nullopt;
    if (!set) return bad("A UID set is needed");
    return [set = *set](const Seen& seen) { return set.contains(seen.message.uid, seen.last_uid); };
  }

  static Result<Question> sequence(const std::string& text) {
    const auto set = NumberSet::parse(text);
    if (!set) return bad("Unknown search key");
    return [set = *set](const Seen& seen) { return set.contains(seen.sequence, seen.last_sequence); };
  }

  std::vector<Argument>::const_iterator next_, end_;
};

}  // namespace

// search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)                                          (RFC 3501 §9)
Result<Question> parse_search(const std::vector<Argument>& arguments) {
  if (arguments.empty() || !arguments[0].is("CHARSET")) return Keys(arguments).all(0);
  if (arguments.size() < 3) return bad("A character set and a search key are needed");
  const auto& name = arguments[1].text;
  if (!iequals(name, "UTF-8") && !iequals(name, "US-ASCII"))
    return fail(Failure::unsupported, "Only US-ASCII and UTF-8 are known");
  const std::vector<Argument> keys(arguments.begin() + 2, arguments.end());
  return Keys(keys).all(0);
}

}  // namespace mailprobe::lab
