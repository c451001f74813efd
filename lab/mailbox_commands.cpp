#include "lab/mailbox_commands.h"

#include <algorithm>
#include <array>

#include "lab/imap_fetch.h"
#include "lab/imap_list.h"
#include "lab/imap_search.h"

namespace mailprobe::lab {

namespace {

using Message = MailStore::Message;

Answer ok(std::string untagged, std::string_view what) { return {std::move(untagged), "OK " + std::string(what)}; }
Answer no(std::string_view what) { return {{}, "NO " + std::string(what)}; }
Answer bad(std::string_view what) { return {{}, "BAD " + std::string(what)}; }

bool stringlike(const Argument& argument) { return !argument.list(); }

/// The set that a command on messages begins with.
std::optional<NumberSet> set_of(const ImapCommand& command) {
  if (command.arguments.empty() || !command.arguments[0].atom()) return std::nullopt;
  return NumberSet::parse(command.arguments[0].text);
}

}  // namespace

struct MailboxCommands::Entry {
  std::string_view name;
  Method method;
  bool selected = false;  // asks for a folder that is open
  bool uid = false;       // there is the same with UID
};

const MailboxCommands::Entry* MailboxCommands::entry_of(const ImapCommand& command) {
  using M = MailboxCommands;
  static constexpr std::array table{
      Entry{"NOOP", &M::noop},
      Entry{"CHECK", &M::noop, true},
      Entry{"NAMESPACE", &M::name_space},
      Entry{"LIST", &M::list},
      Entry{"LSUB", &M::list},  // all are subscribed
      Entry{"STATUS", &M::status},
      Entry{"SELECT", &M::select},
      Entry{"EXAMINE", &M::select},
      Entry{"CLOSE", &M::close, true},
      Entry{"UNSELECT", &M::close, true},
      Entry{"SEARCH", &M::search, true, true},
      Entry{"FETCH", &M::fetch, true, true},
      Entry{"STORE", &M::store, true, true},
      Entry{"EXPUNGE", &M::expunge, true, true},
      Entry{"COPY", &M::not_here, true, true},
      Entry{"CREATE", &M::not_here},
      Entry{"DELETE", &M::not_here},
      Entry{"RENAME", &M::not_here},
      Entry{"SUBSCRIBE", &M::not_here},
      Entry{"UNSUBSCRIBE", &M::not_here},
      Entry{"APPEND", &M::not_here},
  };
  const auto found = std::ranges::find_if(
      table, [&](const Entry& entry) { return entry.name == command.name && (entry.uid || !command.uid); });
  return found == table.end() ? nullptr : &*found;
}

/// Order of events: the command, then what changed, then the status.
std::optional<Answer> MailboxCommands::answer(const ImapCommand& command) {
  const auto* entry = entry_of(command);
  if (!entry) return std::nullopt;
  if (entry->selected && !view_) return bad("Select a folder first");
  auto answer = (this->*entry->method)(command);
  const bool about_numbers = command.name == "FETCH" || command.name == "STORE" || command.name == "SEARCH";
  answer.untagged += news(command.uid || !about_numbers);
  return answer;
}

Answer MailboxCommands::noop(const ImapCommand& command) {
  return command.arguments.empty() ? ok({}, "Done") : bad("No argument is taken");
}

Answer MailboxCommands::not_here(const ImapCommand&) { return no("[CANNOT] This mailbox is only read and emptied"); }

Answer MailboxCommands::name_space(const ImapCommand&) {  // RFC 2342 §5
  return ok("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "Done");
}

Answer MailboxCommands::list(const ImapCommand& command) {
  const auto wanted = parse_list(command.arguments);
  if (!wanted) return bad(wanted.error().message);
  return ok(list_lines(*wanted, command.name, store_.folders()), "Done");
}

Answer MailboxCommands::status(const ImapCommand& command) {
  const auto& arguments = command.arguments;
  if (arguments.size() != 2 || !stringlike(arguments[0]) || !arguments[1].list())
    return bad("A folder and a list of items are needed");
  const auto* folder = store_.find(arguments[0].text);
  if (!folder) return no("[NONEXISTENT] No such folder");
  const auto items = status_items(arguments[1].items, *folder);
  if (!items) return bad(items.error().message);
  return ok("* STATUS " + folder->name + " (" + *items + ")\r\n", "Done");
}

/// RFC 3501 §6.3.1. A folder that cannot be selected leaves none selected.
Answer MailboxCommands::select(const ImapCommand& command) {
  if (command.arguments.size() != 1 || !stringlike(command.arguments[0])) return bad("A folder is needed");
  view_.reset();
  auto* folder = store_.find(command.arguments[0].text);
  if (!folder) return no("[NONEXISTENT] No such folder");
  const bool read_only = command.name == "EXAMINE";
  view_.emplace(store_, folder->name, read_only);
  auto lines = "* FLAGS (\\Seen \\Deleted)\r\n* " + std::to_string(view_->count()) + " EXISTS\r\n* 0 RECENT\r\n";
  const auto unseen = std::ranges::find(folder->messages, false, &Message::seen);
  if (unseen != folder->messages.end())
    lines += "* OK [UNSEEN " + std::to_string(unseen - folder->messages.begin() + 1) + "] First unseen\r\n";
  lines += "* OK [PERMANENTFLAGS (" + std::string(read_only ? "" : "\\Seen \\Deleted") + ")] Kept\r\n";
  lines += "* OK [UIDVALIDITY " + std::to_string(folder->uidvalidity) + "] Valid\r\n";
  lines += "* OK [UIDNEXT " + std::to_string(folder->uidnext) + "] Next\r\n";
  return ok(std::move(lines), read_only ? "[READ-ONLY] Selected" : "[READ-WRITE] Selected");
}

/// RFC 3501 §6.4.2: CLOSE expunges without a word. UNSELECT does not (RFC 3691 §2).
Answer MailboxCommands::close(const ImapCommand& command) {
  if (!command.arguments.empty()) return bad("No argument is taken");
  auto& folder = view_->folder();
  const bool clean = command.name == "CLOSE" && !view_->read_only();
  view_.reset();
  if (clean) store_.remove_if(folder, [](const Message& message) { return message.deleted; });
  return ok({}, "Done");
}

Answer MailboxCommands::search(const ImapCommand& command) {
  const auto question = parse_search(command.arguments);
  if (!question && question.error().kind == Failure::unsupported)
    return no("[BADCHARSET (US-ASCII UTF-8)] " + question.error().message);
  if (!question) return bad(question.error().message);
  std::string line = "* SEARCH";
  const auto last = static_cast<std::uint32_t>(view_->count());
  for (const auto& [number, message] : view_->entries())
    if ((*question)({*message, number, last, view_->largest_uid()}))
      line += " " + std::to_string(command.uid ? message->uid : number);
  return ok(line + "\r\n", "Done");
}

Answer MailboxCommands::fetch(const ImapCommand& command) {
  const auto set = set_of(command);
  if (!set || command.arguments.size() != 2) return bad("A set of messages and fetch items are needed");
  auto items = parse_fetch(command.arguments[1]);
  if (!items) return bad(items.error().message);
  const bool has_uid = std::ranges::any_of(*items, [](auto& item) { return item.kind == FetchItem::Kind::uid; });
  if (command.uid && !has_uid)  // RFC 3501 §6.4.8: the UID is always part of the answer
    items->insert(items->begin(), {.kind = FetchItem::Kind::uid, .label = "UID"});
  const bool marks = !view_->read_only() && std::ranges::any_of(*items, [](auto& item) { return !item.peek; });
  std::string lines;
  for (const auto& [number, message] : view_->chosen(*set, command.uid)) {
    std::string data;
    for (const auto& item : *items) data += (data.empty() ? "" : " ") + render(item, *message);
    if (marks && !message->seen) {  // RFC 3501 §6.4.5: implicitly set, and the client is told
      message->seen = true;
      data += " FLAGS " + flags_of(*message);
    }
    lines += "* " + std::to_string(number) + " FETCH (" + data + ")\r\n";
  }
  return ok(std::move(lines), "Done");
}

Answer MailboxCommands::store(const ImapCommand& command) {
  const auto set = set_of(command);
  if (!set || command.arguments.size() < 3) return bad("A set of messages, FLAGS and flags are needed");
  const auto change = parse_store(command.arguments);
  if (!change) return bad(change.error().message);
  if (view_->read_only()) return no("[READ-ONLY] The folder was examined, not selected");
  std::string lines;
  for (const auto& [number, message] : view_->chosen(*set, command.uid)) {
    change->apply(*message);
    if (change->silent) continue;
    const auto uid = command.uid ? "UID " + std::to_string(message->uid) + " " : std::string{};
    lines += "* " + std::to_string(number) + " FETCH (" + uid + "FLAGS " + flags_of(*message) + ")\r\n";
  }
  return ok(std::move(lines), "Done");
}

/// RFC 3501 §6.4.3; with UIDs RFC 4315 §2.1: only those that are both marked and named.
Answer MailboxCommands::expunge(const ImapCommand& command) {
  const auto set = set_of(command);
  if (command.uid != set.has_value() || command.arguments.size() > 1)
    return bad(command.uid ? "A UID set is needed" : "No argument is taken");
  if (view_->read_only()) return no("[READ-ONLY] The folder was examined, not selected");
  const auto largest = view_->largest_uid();
  store_.remove_if(view_->folder(), [&](const Message& message) {
    return message.deleted && (!set || set->contains(message.uid, largest));
  });
  return ok({}, "Done");
}

}  // namespace mailprobe::lab
