#include <algorithm>

#include "reporter/dkim_story.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_bytes = 32 * 1024;  // of a message on the page; the evidence has it whole

using Ranges = std::vector<auth::ByteRange>;

/// What arrived and was not sent so, in order, without overlaps.
Ranges changed_ranges(const evidence::MailboxCopy& copy, bool received) {
  Ranges ranges;
  for (const auto& change : changes(copy)) {
    const auto& range = received ? change.mutation.received : change.mutation.sent;
    if (range && range->first >= 0 && range->second > range->first) ranges.push_back(*range);
  }
  std::ranges::sort(ranges);
  Ranges apart;
  for (const auto& range : ranges)
    if (apart.empty() || range.first >= apart.back().second) apart.push_back(range);
  return apart;
}

View piece(std::string_view bytes, bool changed) {
  return View().set("text", shown_lines(bytes)).set("changed", changed);
}

Views pieces(std::string_view bytes, const Ranges& ranges) {
  Views views;
  std::size_t at = 0;
  for (const auto& range : ranges) {
    const auto begin = static_cast<std::size_t>(range.first);
    const auto end = std::min(static_cast<std::size_t>(range.second), bytes.size());
    if (begin >= end || begin < at) continue;
    if (begin > at) views.push_back(piece(bytes.substr(at, begin - at), false));
    views.push_back(piece(bytes.substr(begin, end - begin), true));
    at = end;
  }
  if (at < bytes.size()) views.push_back(piece(bytes.substr(at), false));
  return views;
}

/// A message of a probe.
struct Shown {
  const Page& from;
  const evidence::Probe& of;
};

View message_view(std::string_view title, const evidence::Raw& raw, const Shown& shown, const Ranges& ranges) {
  const bool readable = shown.from.raw && !shown.of.secret;
  const auto bytes = readable ? shown.from.raw(raw) : std::nullopt;
  const std::string_view whole = bytes ? std::string_view(*bytes) : std::string_view{};
  return View()
      .set("title", title)
      .set("size", bytes ? size_text(whole.size()) : "")
      .set("sha256", raw.sha256)
      .set("absent", !bytes)
      .set("why_absent",
           shown.of.secret ? "Not shown: the message holds a secret." : "Its bytes are not part of this report.")
      .set("cut", whole.size() > most_bytes ? size_text(most_bytes) : "")
      .set("marks", !ranges.empty() && bytes.has_value())
      .set("pieces", pieces(whole.substr(0, most_bytes), ranges));
}

}  // namespace

void view_messages(View& probe, const Page& from, const evidence::Probe& of) {
  const Shown shown{from, of};
  Views messages;
  if (of.mailbox)
    messages.push_back(message_view("As it was delivered", of.mailbox->raw, shown, changed_ranges(*of.mailbox, true)));
  if (of.forward) messages.push_back(message_view("As it was forwarded to us", of.forward->raw, shown, {}));
  if (of.smuggling && of.smuggling->raw)
    messages.push_back(message_view("What was smuggled in, as it was delivered", *of.smuggling->raw, shown, {}));
  if (of.sent)
    messages.push_back(message_view("As it was sent", of.sent->raw, shown,
                                    of.mailbox ? changed_ranges(*of.mailbox, false) : Ranges{}));
  probe.set("has_messages", !messages.empty()).set("messages", std::move(messages));
}

}  // namespace mailprobe::reporter
