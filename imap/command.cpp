#include "imap/command.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "imap/limits.h"

namespace mailprobe::imap {

namespace {

using namespace std::string_view_literals;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE                                                                     (RFC 9051 §9)
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// ftext of RFC 5322 §3.6.8, less what no header of ours has and an atom cannot hold.
bool is_field_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
}

/// "UID n:*" of SEARCH and the set of FETCH.
std::string from(std::uint32_t first) { return std::to_string(first) + ":*"; }

}  // namespace

/// Literals could carry CR and LF; nothing of ours has them, so that a line of ours is always one line.
Result<void> Command::add(std::string_view string) {
  if (string.find_first_of("\0\r\n"sv) != std::string_view::npos)
    return fail(Failure::usage, "a string for the mail server holds CR, LF or NUL");
  parts_.back().bytes += ' ';
  if (is_ascii(string) && string.size() <= max_quoted) {
    parts_.back().bytes += quote(string);
  } else {
    parts_.push_back({std::string(string), true});
    parts_.push_back({});
  }
  return {};
}

Result<Command> Command::with(std::string words, std::string_view string) {
  Command command(std::move(words));
  if (auto added = command.add(string); !added) return std::unexpected(added.error());
  return command;
}

// login = "LOGIN" SP userid SP password                                                                  (RFC 9051 §9)
Result<Command> Command::login(std::string_view user, const Secret& password) {
  auto command = with("LOGIN", user);
  if (!command) return command;
  if (auto added = command->add(password.reveal()); !added) return std::unexpected(added.error());
  command->shown_ = "LOGIN ***";
  return command;
}

// RFC 4959 §3: an empty initial response is "=".
Command Command::authenticate(std::string_view mechanism, std::optional<std::string_view> initial) {
  const auto words = "AUTHENTICATE " + std::string(mechanism);
  Command command(initial ? words + " " + (initial->empty() ? "=" : base64(*initial)) : words);
  if (initial) command.shown_ = words + " ***";
  command.authenticates_ = true;
  return command;
}

Command Command::list(bool special_use) {
  return Command(special_use ? R"(LIST "" "*" RETURN (SPECIAL-USE))" : R"(LIST "" "*")");
}

Result<Command> Command::status(std::string_view mailbox) {
  auto command = with("STATUS", mailbox);
  if (command) command->parts_.back().bytes += " (UIDNEXT UIDVALIDITY)";
  return command;
}

Result<Command> Command::examine(std::string_view mailbox) { return with("EXAMINE", mailbox); }
Result<Command> Command::select(std::string_view mailbox) { return with("SELECT", mailbox); }

Result<Command> Command::search_header(std::uint32_t first, std::string_view name, std::string_view text) {
  if (!is_field_name(name)) return fail(Failure::usage, "the header field's name is none");
  return with("UID SEARCH UID " + from(first) + " HEADER " + std::string(name), text);
}

Result<Command> Command::search_body(std::uint32_t first, std::string_view text) {
  return with("UID SEARCH UID " + from(first) + " BODY", text);
}

Result<Command> Command::fetch_fields(std::uint32_t first, std::string_view name,
                                      const std::vector<std::string>& besides) {
  std::string names(name);
  for (const auto& each : besides) names += " " + each;
  if (!is_field_name(name) || !std::ranges::all_of(besides, is_field_name))
    return fail(Failure::usage, "the header field's name is none");
  return Command("UID FETCH " + from(first) + " (UID BODY.PEEK[HEADER.FIELDS (" + names + " Message-ID)])");
}

Command Command::fetch_message(std::uint32_t uid) {
  return Command("UID FETCH " + std::to_string(uid) + " (UID INTERNALDATE BODY.PEEK[])");
}

Command Command::store_deleted(std::uint32_t uid) {
  return Command("UID STORE " + std::to_string(uid) + R"( +FLAGS.SILENT (\Deleted))");
}

Command Command::expunge(std::uint32_t uid) { return Command("UID EXPUNGE " + std::to_string(uid)); }

std::vector<std::string> Command::wire(std::string_view tag, Literals literals) const {
  std::vector<std::string> pieces{std::string(tag) + " "};
  for (const auto& part : parts_) {
    if (!part.literal) {
      pieces.back() += part.bytes;
      continue;
    }
    const auto size = part.bytes.size();
    const bool at_once = literals == Literals::plus || (literals == Literals::minus && size <= max_literal_minus);
    pieces.back() += "{" + std::to_string(size) + (at_once ? "+}\r\n" : "}\r\n");
    if (!at_once) pieces.emplace_back();
    pieces.back() += part.bytes;
  }
  pieces.back() += "\r\n";
  return pieces;
}

std::string Command::shown(std::string_view tag) const {
  auto line = std::string(tag) + " " + shown_;
  if (secret()) return line;
  for (const auto& part : parts_) line += part.literal ? "{" + std::to_string(part.bytes.size()) + "}" : part.bytes;
  return line;
}

Continued Continued::response(std::string_view bytes) {
  Continued line(base64(bytes));
  line.shown_ = "***";
  return line;
}

}  // namespace mailprobe::imap
