#include "auth/trust.h"

#include <algorithm>
#include <set>

#include "auth/limits.h"
#include "auth/received.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::string_view field_name = "Authentication-Results";

/// Where the topmost Received stands that names the address as its client. The topmost: what is written further down
/// could be forged.
std::optional<std::size_t> taken_over_at(const Message& message, const std::optional<IpAddress>& handed_over_from) {
  if (!handed_over_from) return std::nullopt;
  std::size_t hops = 0;
  for (std::size_t i = 0; i < message.fields.size() && hops < limits::hops; ++i) {
    if (!iequals(message.fields[i].name, "Received")) continue;
    ++hops;
    if (parse_received(message.fields[i].value).client == handed_over_from->unmapped()) return i;
  }
  return std::nullopt;
}

/// How many fields from above are the target's own: those above that Received, and those below it that a milter of that
/// host added (rspamd: Postfix has them below its own Received). These reach to the first field of a name that we sent,
/// so they are known only where it is known what that was, and no other host's Received is between.
std::size_t own_fields(const Message& message, std::size_t received, const Message& sent) {
  for (auto i = received + 1; i < message.fields.size(); ++i) {
    if (iequals(message.fields[i].name, "Received")) return received;
    if (sent.first(message.fields[i].name) != nullptr) return i;
  }
  return received;
}

/// Fields that we sent ourselves prove nothing, wherever they turn up again.
std::set<std::string> sent_results(const Message& sent) {
  std::set<std::string> values;
  for (const auto* field : sent.all(field_name)) values.insert(unfold(field->value));
  return values;
}

RecordedResults read(std::string_view value) {
  auto parsed = parse_authentication_results(value);
  if (parsed) return std::move(*parsed);
  RecordedResults unreadable;
  unreadable.field.raw = value.substr(0, limits::authentication_result_bytes);
  return unreadable;
}

/// The word behind "dis=" (Google, OpenDMARC) or "d=" (Fastmail) in a comment like "p=REJECT sp=NONE dis=NONE".
std::optional<std::string> disposition_in(std::string comment) {
  std::ranges::replace_if(comment, [](char c) { return c == ',' || c == ';' || is_space(c); }, ' ');
  for (const auto word : split(comment, ' '))
    for (const std::string_view key : {"dis=", "d="})
      if (istarts_with(word, key)) return to_lower(word.substr(key.size()));
  return std::nullopt;
}

std::optional<std::string> disposition_of(const MethodResult& result, const std::string& comment) {
  for (const std::string_view name : {"policy.applied-disposition", "action", "policy.action"})
    for (const auto& [property, value] : result.properties)
      if (property == name) return to_lower(value);
  if (auto word = disposition_in(comment)) return word;
  for (const auto& [property, value] : result.properties)
    if (property == "policy.dmarc") return to_lower(value);  // RFC 9989: the policy after all options
  return std::nullopt;
}

}  // namespace

std::vector<RecordedResults> judge_recorded(const Message& message, const Context& context) {
  const auto sent = split_message(context.sent);
  const auto received = taken_over_at(message, context.handed_over_from);
  const auto own = received ? own_fields(message, *received, sent) : 0;
  const auto forged = sent_results(sent);
  std::vector<RecordedResults> all;
  for (std::size_t i = 0; i < message.fields.size() && all.size() < limits::authentication_results; ++i) {
    const auto& field = message.fields[i];
    if (!iequals(field.name, field_name)) continue;
    auto& recorded = all.emplace_back(read(field.value));
    const auto named = [&](const std::string& id) { return iequals(id, recorded.field.authserv_id); };
    const bool believed = context.authserv_ids.empty() ? i < own : std::ranges::any_of(context.authserv_ids, named);
    recorded.field.trusted = believed && !forged.contains(unfold(field.value));
  }
  return all;
}

std::optional<std::string> claimed_disposition(const std::vector<RecordedResults>& recorded) {
  for (const auto& one : recorded) {
    if (!one.field.trusted) continue;
    for (std::size_t i = 0; i < one.field.results.size(); ++i) {
      if (one.field.results[i].method != "dmarc") continue;
      if (auto word = disposition_of(one.field.results[i], one.comments[i])) return word;
    }
  }
  return std::nullopt;
}

}  // namespace mailprobe::auth
