#include "scenarios/checks.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "base/suggest.h"
#include "base/text.h"
#include "evidence/controls.h"
#include "scenarios/expression.h"
#include "scenarios/faults.h"
#include "scenarios/known_paths.h"
#include "scenarios/known_words.h"
#include "scenarios/plan.h"
#include "scenarios/substitution.h"

namespace mailprobe::scenarios {

namespace {

using yaml::Fields;
using yaml::Node;
using yaml::Place;
using yaml::Problems;

constexpr std::size_t max_octets_of_line = 998;  // RFC 5322 §2.1.1
constexpr std::size_t max_header_name = 70, max_expectation = 2000;

std::vector<std::string> list_of(std::span<const std::string_view> words) { return {words.begin(), words.end()}; }

bool reserved(std::string_view name) {
  return std::ranges::any_of(own_field_beginnings, [&](auto one) { return istarts_with(name, one); }) ||
         std::ranges::any_of(own_fields, [&](auto one) { return iequals(one, name); });
}

std::size_t parts_in(const Part& part) {
  std::size_t count = 1;
  for (const auto& below : part.parts) count += parts_in(below);
  return count;
}

std::size_t depth_of(const Part& part) {
  std::size_t deepest = 0;
  for (const auto& below : part.parts) deepest = std::max(deepest, depth_of(below));
  return deepest + 1;
}

std::int64_t size_of(const Part& part) {
  auto size = part.size ? part.size->bytes : static_cast<std::int64_t>(part.body.value_or("").size());
  for (const auto& below : part.parts) size += size_of(below);
  return size;
}

/// any, all, not: their parts, as they are written in one line.
std::optional<std::string> joined(const Node::Member& member, Problems& problems) {
  const Place at{.line = member.line, .column = member.column};
  const bool one = member.key == "not";
  if (!one && member.key != "any" && member.key != "all") {
    const std::vector<std::string> known{"any", "all", "not"};
    auto hint = did_you_mean(member.key, known);
    if (hint.empty()) hint = ": any, all or not belongs here. Put quotes around a line that holds \": \"";
    problems.add(at, in_quotes(member.key) + " is no way to join expectations" + hint);
    return std::nullopt;
  }
  const auto items = member.value.kind == Node::Kind::list ? member.value.items : std::vector{member.value};
  if (items.empty() || items.size() > max_expectation_parts || (one && items.size() != 1)) {
    problems.add(at, in_quotes(member.key) + " takes " + (one ? "one expectation" : "1 to 50 expectations"));
    return std::nullopt;
  }
  std::string text;
  for (const auto& item : items) {
    const auto part = expectation_text(item, problems);
    if (!part) return std::nullopt;
    text += (text.empty() ? "" : ", ") + *part;
  }
  return member.key + "(" + text + ")";
}

bool is_twin(const Probe& probe, const std::string& of) {
  return probe.name == of || evidence::base_name(probe.name) == of;
}

/// With all combinations and repeats: findings are told apart by it.
void check_names(const Scenario& scenario, Fields& map) {
  std::set<std::string> seen;
  for (const auto& probe : scenario.probes) {
    const Place at{.line = probe.line, .column = probe.column};
    if (probe.name.empty()) continue;
    for (std::int64_t i = 1; i <= std::max<std::int64_t>(probe.repeat, 1); ++i) {
      const auto name = name_of_repeat(probe.name, i, probe.repeat);
      if (seen.insert(name).second) continue;
      map.problems().add(at, "there is another probe " + in_quotes(name) + ": give it a name of its own");
      break;
    }
  }
}

void check_controls(const Scenario& scenario, Fields& map) {
  std::vector<std::string> names;
  names.reserve(scenario.probes.size());
  for (const auto& probe : scenario.probes) names.emplace_back(evidence::base_name(probe.name));
  for (const auto& probe : scenario.probes) {
    const Place at{.line = probe.line, .column = probe.column};
    if (probe.control_of && fault_of(probe.send))
      map.problems().add(at, in_quotes(probe.name) + " is a control and has a fault: a control is what is right");
    const auto twin = [&](const Probe& other) { return is_twin(other, probe.control_of.value_or("")); };
    if (probe.control_of && std::ranges::none_of(scenario.probes, twin))
      map.problems().add(at, "\"control_of\" is " + in_quotes(*probe.control_of) + ", and there is no such probe" +
                                 did_you_mean(*probe.control_of, names));
    if (!fault_of(probe.send)) continue;
    const auto controls = [&](const Probe& other) { return other.control_of && is_twin(probe, *other.control_of); };
    const auto beside = [&](const Probe& other) { return controls(other) && other.send.to == probe.send.to; };
    const bool any = std::ranges::any_of(scenario.probes, controls);
    if (any && std::ranges::none_of(scenario.probes, beside))
      map.problems().add(at, "the control of " + in_quotes(probe.name) +
                                 " goes to another recipient, so that it tells nothing: give both the same \"to\"");
    if (!any)
      map.problems().add(at, in_quotes(probe.name) +
                                 " is wrong on purpose and has no control: add a probe like it "
                                 "without the fault, with control_of: " +
                                 std::string(evidence::base_name(probe.name)));
  }
}

void for_each_aggregate(const Expression& expression, const auto& visit) {
  if (expression.comparison.aggregate) visit(*expression.comparison.aggregate);
  for (const auto& part : expression.parts) for_each_aggregate(part, visit);
}

/// p95(latency, text): there is such a probe, and it is none that is wrong on purpose, which counts for no aggregate.
void check_aggregate(const Aggregate& aggregate, Place at, const Scenario& scenario, Fields& map) {
  if (!aggregate.of) return;
  std::vector<std::string> names;
  std::size_t meant = 0, wrong = 0;
  names.reserve(scenario.probes.size());
  for (const auto& probe : scenario.probes) {
    names.emplace_back(evidence::base_name(probe.name));
    if (!is_of(probe.name, *aggregate.of)) continue;
    ++meant;
    if (fault_of(probe.send)) ++wrong;
  }
  if (meant == 0)
    map.problems().add(at, "there is no probe " + in_quotes(*aggregate.of) + did_you_mean(*aggregate.of, names));
  else if (meant == wrong)
    map.problems().add(at, in_quotes(*aggregate.of) +
                               " is wrong on purpose, and counts for no p95(…), min(…) or max(…): name its control");
}

void check_aggregates(const std::vector<Expected>& lines, const Scenario& scenario, Fields& map) {
  for (const auto& line : lines)
    if (const auto expression = parse_expression(line.text))
      for_each_aggregate(*expression, [&](const Aggregate& aggregate) {
        check_aggregate(aggregate, {.line = line.line, .column = line.column}, scenario, map);
      });
}

/// token "/" token (RFC 2045 §5.1), without parameters.
bool good_type(std::string_view type) {
  const auto slash = type.find('/');
  const auto token = [](std::string_view text) {
    const auto good = [](char c) { return is_alpha(c) || is_digit(c) || std::string_view("-+.").contains(c); };
    return !text.empty() && text.size() <= max_header_name && std::ranges::all_of(text, good);
  };
  return slash != std::string_view::npos && token(type.substr(0, slash)) && token(type.substr(slash + 1)) &&
         !istarts_with(type, "multipart/");
}

/// Every character of the body is in the charset; a secret one is not quoted.
void check_charset(const Part& part, Fields& map) {
  if (!part.charset) return;
  const auto found = std::ranges::find_if(charsets, [&](auto one) { return iequals(one, *part.charset); });
  if (found == charsets.end()) {
    map.problems().add(
        map.at(), "\"charset\" is " + in_quotes(*part.charset) + ": " + any_of(list_of(charsets)) + " belongs here");
    return;
  }
  const unsigned limit = *found == "us-ascii" ? 0x80 : *found == "iso-8859-1" ? 0xc4 : 0x100;  // of UTF-8's octets
  const auto within = [&](char c) { return static_cast<unsigned char>(c) < limit; };
  if (part.body && !std::ranges::all_of(*part.body, within))
    map.problems().add(map.at(),
                       "the body has characters that " + std::string(*found) + " has not: write charset: utf-8");
}

/// RFC 2045 §2.7 and §2.8: in octets, without the line's end. In ISO-8859-1 a character is one.
std::size_t longest_line(const Part& part) {
  const bool latin = part.charset && iequals(*part.charset, "iso-8859-1");
  std::size_t longest = 0, here = 0;
  for (const char c : *part.body) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80;  // RFC 3629 §3
    here = c == '\n' ? 0 : here + (latin && continues ? 0 : 1);
    longest = std::max(longest, here);
  }
  return longest;
}

/// What says that it is 7bit or 8bit is that. Lines that are too long on purpose are asked for by "line_length".
void check_encoding(const Part& part, Fields& map) {
  if (!part.transfer_encoding || !part.body || *part.transfer_encoding >= TransferEncoding::quoted_printable) return;
  const auto refuse = [&](std::string why) { map.problems().add(map.at(), std::move(why)); };
  const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) > 0x7f; };
  if (*part.transfer_encoding == TransferEncoding::seven_bit && std::ranges::any_of(*part.body, beyond_ascii))
    refuse(
        "the body has characters that are not US-ASCII, and \"transfer_encoding\" is 7bit (RFC 2045 §2.7): 8bit, "
        "quoted-printable or base64 belongs here");
  if (longest_line(part) > max_octets_of_line)
    refuse(
        "the body has a line of more than 998 octets, which 7bit and 8bit do not have (RFC 2045 §2.7, §2.8): "
        "quoted-printable or base64 belongs here; lines that are too long on purpose are made by \"size\" and "
        "\"line_length\"");
}

/// What fills a body, and what of it is a multipart's.
void check_filling(const Part& part, Fields& map) {
  const auto refuse = [&](std::string why) { map.problems().add(map.at(), std::move(why)); };
  if (part.line_length && !part.size)
    refuse("\"line_length\" is of the lines that fill the body up to \"size\": add size: 5KB, say");
  if (part.size && part.body && part.size->bytes < static_cast<std::int64_t>(part.body->size()))
    refuse("\"size\" is less than the body has: the body is filled up to it, so more belongs here");
  if (part.parts.empty()) return;
  for (const auto& [key, there] : {std::pair<std::string_view, bool>{"type", part.type.has_value()},
                                   {"charset", part.charset.has_value()},
                                   {"line_length", part.line_length.has_value()},
                                   {"filename", part.filename.has_value()}})
    if (there)
      refuse(in_quotes(key) + " is of a part that has a body, and \"parts\" make a multipart: give it to one of them");
}

bool has(const Send& send, Extension wanted) {
  return std::ranges::find(send.extensions, wanted) != send.extensions.end();
}

/// Or an address of the envelope.
bool has_utf8_header(const Send& send) {
  const auto beyond_ascii = [](std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
  };
  return (send.subject && beyond_ascii(*send.subject)) || (send.to && beyond_ascii(*send.to)) ||
         std::ranges::any_of(send.headers, [&](const Header& header) { return beyond_ascii(header.second); });
}

/// RFC 7208 §2.4: with an empty one SPF judges the HELO name. Ours is right, and aligned with what is below our domain.
void check_reverse_path(const Send& send, Fields& map) {
  const auto label = label_of(send.from);
  if (send.reverse_path != ReversePath::empty || !label || !fault_of(send)) return;
  map.problems().add(map.at(), "\"from\" is " + in_quotes(*label) +
                                   ", and with an empty reverse-path SPF judges our HELO name, which is right (RFC "
                                   "7208 §2.4): leave out \"reverse_path\"");
}

/// What is before it and behind it is ours: nothing that another server may take for commands comes out of a file.
void check_end_of_data(const Send& send, Fields& map) {
  const auto refuse = [&](std::string why) { map.problems().add(map.at(), std::move(why)); };
  const auto& content = send.content;
  if (content.body || content.size || content.type || content.charset || content.transfer_encoding ||
      content.filename || !content.parts.empty() || !send.attachments.empty() || !send.headers.empty())
    refuse("with \"end_of_data\" the two messages are mailprobe's own: leave out headers, body and what belongs to it");
  if (send.dkim.sign)
    refuse(
        "a message that may end early cannot be signed as a whole: add dkim: {sign: false} to it and to its control");
  if (send.from != From::own || send.reverse_path != ReversePath::own)
    refuse("one thing is wrong with a probe at a time: either \"end_of_data\" or whom it is from");
  if (!send.extensions.empty()) refuse("\"end_of_data\" is about DATA: leave out \"extensions\"");
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t unit = 1;
  for (const auto& [suffix, bytes] : {std::pair<std::string_view, std::int64_t>{"KB", 1000}, {"MB", 1'000'000}}) {
    if (!text.ends_with(suffix)) continue;
    unit = bytes;
    text.remove_suffix(suffix.size());
    break;
  }
  const auto number = parse_number(text);
  if (!number || *number > static_cast<unsigned long long>(max_message_bytes / unit)) return std::nullopt;
  return static_cast<std::int64_t>(*number) * unit;
}

std::optional<std::string> wrong_header(std::string_view name) {
  const auto ftext = [](char c) { return c > 0x20 && c < 0x7f && c != ':'; };  // RFC 5322 §3.6.8
  if (name.empty() || name.size() > max_header_name || !std::ranges::all_of(name, ftext))
    return in_quotes(name) + " is no name of a header field";
  if (!reserved(name)) return std::nullopt;
  return in_quotes(name) + " is a header field that mailprobe writes itself: another name";
}

/// Lines of a folded value begin with white space (RFC 5322 §2.2.3): whoever composes sees to that.
bool good_header_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n') || u == 0x7f;
  });
}

bool good_header_line(std::string_view text) { return good_header_value(text) && !text.contains('\n'); }

std::optional<std::string> expectation_text(const Node& node, Problems& problems) {
  const Place at{.line = node.line, .column = node.column};
  if (node.kind == Node::Kind::map && node.members.size() == 1) return joined(node.members.front(), problems);
  if (node.kind == Node::Kind::scalar && !node.text.empty() && node.text.size() <= max_expectation) return node.text;
  problems.add(
      at, "an expectation is a line like dkim[r1].result == pass, or any, all or not with a list of them; here is " +
              kind_of(node));
  return std::nullopt;
}

void check(const Part& part, Fields& map) {
  const auto refuse = [&](std::string why) { map.problems().add(map.at(), std::move(why)); };
  if (part.type && !good_type(*part.type))
    refuse("\"type\" is " + in_quotes(*part.type) + ": a type like text/html belongs here; \"parts\" make a multipart");
  check_charset(part, map);
  check_encoding(part, map);
  check_filling(part, map);
  if (!part.parts.empty() && (part.body || part.size))
    refuse("a part with \"parts\" is a multipart: it has no body and no size of its own");
  if (part.multipart && part.parts.empty())
    refuse("\"multipart\" says how \"parts\" belong together, and there are none");
  if (parts_in(part) > max_parts) refuse("a message has at most " + std::to_string(max_parts) + " parts");
  if (depth_of(part) > max_nesting) refuse("parts are nested at most " + std::to_string(max_nesting) + " deep");
  if (part.transfer_encoding && !part.parts.empty() && *part.transfer_encoding >= TransferEncoding::quoted_printable)
    refuse("a multipart is not encoded as a whole (RFC 2045 §6.4): encode its parts");
}

void check(const Dkim& dkim, Fields& map) {
  const auto refuse = [&](std::string why) { map.problems().add(map.at(), std::move(why)); };
  for (const auto& each : dkim.canonicalization)
    if (std::ranges::find(canonicalizations, each) == canonicalizations.end())
      refuse("\"canonicalization\" is " + in_quotes(each) + ": " + any_of(list_of(canonicalizations)) +
             " belongs here");
  for (const auto& name : dkim.headers)
    if (auto wrong = wrong_header(name); wrong && !reserved(name)) refuse(std::move(*wrong));
  // RFC 6376 §5.4: From has to be signed.
  if (!dkim.headers.empty() && std::ranges::none_of(dkim.headers, [](const auto& n) { return iequals(n, "From"); }))
    refuse("\"headers\" has no From, which a signature has to cover: add it");
  if (!dkim.sign && (!dkim.keys.empty() || !dkim.canonicalization.empty() || !dkim.headers.empty()))
    refuse(
        "\"keys\", \"canonicalization\" and \"headers\" are about signatures, and \"sign\" is false: leave them out");
  if (!dkim.sign && dkim.fault != DkimFault::none) refuse("\"fault\" is about signatures, and \"sign\" is false");
  if (dkim.fault == DkimFault::weak_key && !dkim.keys.empty())
    refuse("\"weak-key\" signs by a key that is made for it: leave out \"keys\"");
}

void check(const Send& send, Fields& map) {
  check(send.content, map);
  auto size = size_of(send.content);
  for (const auto& each : send.attachments) size += size_of(each);
  if (size > max_message_bytes) map.problems().add(map.at(), "the message is larger than 30 MB");
  if (send.from == From::missing && send.dkim.sign)
    map.problems().add(map.at(), "without From nothing can be signed (RFC 6376 §5.4): add dkim: {sign: false}");
  if (send.from != From::own && send.dkim.fault != DkimFault::none)
    map.problems().add(map.at(), "one thing is wrong with a probe at a time: either \"from\" or \"dkim.fault\"");
  check_reverse_path(send, map);
  if (send.end_of_data) check_end_of_data(send, map);
  if (has(send, Extension::smtputf8) && !has_utf8_header(send))
    map.problems().add(map.at(), "\"smtputf8\" is for header fields in UTF-8, and none is: give it such a subject");
  if (has(send, Extension::dsn) && send.reverse_path == ReversePath::empty)
    map.problems().add(map.at(), "\"dsn\" asks for a report, which goes to the reverse-path, and that is empty");
  if (send.attachments.size() > max_parts)
    map.problems().add(map.at(), "a message has at most " + std::to_string(max_parts) + " attachments");
}

void check(const Watch&, Fields&) {}

void check(const Probe& probe, Fields& map) {
  const auto name = std::string_view(probe.name).substr(0, probe.name.find_first_of("/#"));
  if (!probe.name.empty() && !good_name(name))
    map.problems().add(map.at(), in_quotes(probe.name) + " is no name: letters, digits, - and _ make one");
}

void check(const Scenario& scenario, Fields& map) {
  if (!scenario.name.empty() && !good_name(scenario.name))
    map.problems().add(map.at(), in_quotes(scenario.name) + " is no name: letters, digits, - and _ make one");
  const auto* probes = map.node("probes");
  if (probes != nullptr && probes->kind == Node::Kind::list && probes->items.empty())
    map.problems().add({.line = probes->line, .column = probes->column}, "\"probes\" is empty: add one, {name: plain}");
  std::int64_t count = 0;
  for (const auto& probe : scenario.probes) count += probe.repeat;
  if (count > static_cast<std::int64_t>(max_probes))
    map.problems().add(
        map.at(), "this makes " + std::to_string(count) + " messages: " + std::to_string(max_probes) + " are the most");
  check_aggregates(scenario.expect, scenario, map);
  for (const auto& probe : scenario.probes) check_aggregates(probe.expect, scenario, map);
  check_names(scenario, map);
  check_controls(scenario, map);
}

}  // namespace mailprobe::scenarios
