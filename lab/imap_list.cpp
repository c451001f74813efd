#include "lab/imap_list.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::lab {

namespace {

std::unexpected<Error> bad(std::string what) { return fail(Failure::protocol, std::move(what), Cause::protocol_error); }

/// "*" is any characters, "%" any but the delimiter (RFC 3501 §6.3.8). No folder here has a delimiter in its name, and
/// INBOX is INBOX in any case.
bool fits(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*' || pattern[0] == '%')
    return fits(name, pattern.substr(1)) || (!name.empty() && fits(name.substr(1), pattern));
  return !name.empty() && lower(name[0]) == lower(pattern[0]) && fits(name.substr(1), pattern.substr(1));
}

/// Wildcards in a row are one: each doubles the work otherwise.
std::string single_wildcards(std::string_view pattern) {
  std::string out;
  for (const char c : pattern) {
    const bool wild = c == '*' || c == '%';
    if (!wild || !out.ends_with('*')) out += wild ? '*' : c;
  }
  return out;
}

constexpr std::size_t max_pattern = 40;  // the longest folder name has five characters

bool all_known(const std::vector<Argument>& options, std::initializer_list<std::string_view> known) {
  return std::ranges::all_of(options, [&](const Argument& option) {
    return std::ranges::any_of(known, [&](std::string_view word) { return option.is(word); });
  });
}

std::string number(std::string_view name, std::size_t value) { return std::string(name) + " " + std::to_string(value); }

Result<std::string> status_item(const Argument& item, const MailStore::Folder& folder) {
  const auto& messages = folder.messages;
  if (item.is("MESSAGES")) return number("MESSAGES", messages.size());
  if (item.is("RECENT")) return number("RECENT", 0);
  if (item.is("UIDNEXT")) return number("UIDNEXT", folder.uidnext);
  if (item.is("UIDVALIDITY")) return number("UIDVALIDITY", folder.uidvalidity);
  const auto unseen = std::ranges::count(messages, false, &MailStore::Message::seen);
  if (item.is("UNSEEN")) return number("UNSEEN", static_cast<std::size_t>(unseen));
  return bad("Unknown status item");
}

}  // namespace

// list = "LIST" [SP "(" [list-select-opts] ")"] SP mailbox SP mbox-or-pat [SP "RETURN" SP "(" … ")"]      (RFC 5258 §6)
Result<ListRequest> parse_list(const std::vector<Argument>& arguments) {
  ListRequest request;
  auto rest = arguments;
  if (!rest.empty() && rest[0].list()) {
    if (!all_known(rest[0].items, {"SPECIAL-USE", "SUBSCRIBED"})) return bad("Unknown selection option");
    request.special_only = std::ranges::any_of(rest[0].items, [](auto& option) { return option.is("SPECIAL-USE"); });
    rest.erase(rest.begin());
  }
  if (rest.size() == 4 && rest[2].is("RETURN") && rest[3].list()) {
    if (!all_known(rest[3].items, {"SPECIAL-USE", "SUBSCRIBED", "CHILDREN"})) return bad("Unknown return option");
    rest.resize(2);
  }
  if (rest.size() != 2 || rest[0].list() || rest[1].list()) return bad("A reference and a folder name are needed");
  if (!rest[1].text.empty()) request.pattern = single_wildcards(rest[0].text + rest[1].text);
  return request;
}

std::string list_lines(const ListRequest& request, std::string_view keyword,
                       const std::vector<MailStore::Folder>& folders) {
  const auto start = "* " + std::string(keyword) + " (";
  if (request.pattern.empty()) return start + "\\Noselect) \"/\" \"\"\r\n";
  std::string lines;
  for (const auto& folder : folders) {
    if (request.pattern.size() > max_pattern || !fits(folder.name, request.pattern)) continue;
    if (request.special_only && folder.special_use.empty()) continue;
    lines += start + "\\HasNoChildren" + (folder.special_use.empty() ? "" : " ") + folder.special_use + ") \"/\" " +
             folder.name + "\r\n";
  }
  return lines;
}

Result<std::string> status_items(const std::vector<Argument>& items, const MailStore::Folder& folder) {
  std::string text;
  for (const auto& item : items) {
    const auto one = status_item(item, folder);
    if (!one) return one;
    text += (text.empty() ? "" : " ") + *one;
  }
  if (text.empty()) return bad("A status item is needed");
  return text;
}

void FlagChange::apply(MailStore::Message& message) const {
  if (mode == Mode::replace) {
    message.seen = seen;
    message.deleted = deleted;
  }
  if (seen) message.seen = mode != Mode::remove;
  if (deleted) message.deleted = mode != Mode::remove;
}

// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))                  (RFC 3501 §9)
Result<FlagChange> parse_store(const std::vector<Argument>& arguments) {
  FlagChange change;
  if (arguments.size() < 3 || !arguments[1].atom()) return bad("FLAGS and flags are needed");
  std::string_view item = arguments[1].text;
  if (item.starts_with('+')) change.mode = FlagChange::Mode::add;
  if (item.starts_with('-')) change.mode = FlagChange::Mode::remove;
  if (change.mode != FlagChange::Mode::replace) item.remove_prefix(1);
  change.silent = iequals(item, "FLAGS.SILENT");
  if (!change.silent && !iequals(item, "FLAGS")) return bad("FLAGS are needed");
  const bool parenthesised = arguments.size() == 3 && arguments[2].list();
  const std::vector<Argument> plain(arguments.begin() + 2, arguments.end());
  for (const auto& flag : parenthesised ? arguments[2].items : plain) {
    if (!flag.atom()) return bad("Flags are needed");
    change.seen = change.seen || flag.is("\\Seen");
    change.deleted = change.deleted || flag.is("\\Deleted");
  }
  return change;
}

}  // namespace mailprobe::lab
