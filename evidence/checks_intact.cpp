// path.body-intact and path.header-intact: the bytes sent beside the bytes received, whatever DKIM makes of them. Added
// fields are no change: every hop adds its own.
#include <algorithm>
#include <map>

#include "auth/header_block.h"
#include "auth/mutation.h"
#include "base/text.h"
#include "evidence/checks_copy.h"
#include "evidence/our_signatures.h"

namespace mailprobe::evidence {

namespace {

using auth::Message;
using Mutations = std::vector<auth::Mutation>;

Mutations of_part(const Mutations& all, bool body) {
  Mutations out;
  std::ranges::copy_if(all, std::back_inserter(out), [&](const auto& each) { return (each.part == "body") == body; });
  return out;
}

void judge_body(const Copy& it, const Message& sent, const Message& received, const Mutations& changes,
                Findings& findings) {
  if (sent.body == received.body) {
    it.add(findings, "path.body-intact", Verdict::pass, "The body arrived byte for byte", "raw");
    return;
  }
  auto words = mutation_list(it.probe, changes, it.received);
  if (words.empty()) words = "line ends at the end of the body";  // simple canonicalization sees nothing else there
  it.add(findings, "path.body-intact", Verdict::warn, "Changed on the way: " + words, "raw").advice =
      mutation_advice(changes);
}

/// How the fields that were sent arrived.
struct Fields {
  std::vector<std::string> lost;              // not there as they were sent, or not in their place
  std::map<std::string, std::size_t> others;  // the rest, by name
};

/// What was sent has to be there in its order; others may stand between.
Fields compare(const Message& sent, const Message& received) {
  Fields out;
  std::vector<bool> ours(received.fields.size(), false);
  std::size_t from = 0;
  for (const auto& field : sent.fields) {
    auto at = from;
    while (at < received.fields.size() && received.fields[at].raw != field.raw) ++at;
    if (at == received.fields.size()) {
      out.lost.emplace_back(field.name);
      continue;
    }
    ours[at] = true;
    from = at + 1;
  }
  for (std::size_t i = 0; i < received.fields.size(); ++i)
    if (!ours[i]) ++out.others[std::string(received.fields[i].name)];
  return out;
}

std::string added_words(const Fields& fields) {
  std::vector<std::string> words;
  for (const auto& [name, count] : fields.others) {
    const auto same = [&](std::string_view lost) { return iequals(lost, name); };
    if (std::ranges::any_of(fields.lost, same)) continue;
    words.push_back(plain(name, 60) + (count > 1 ? " (" + std::to_string(count) + ")" : ""));
  }
  return words.empty() ? "" : "; added: " + plain(listed(words), 300);
}

void judge_header(const Copy& it, const Message& sent, const Message& received, const Mutations& changes,
                  Findings& findings) {
  const auto fields = compare(sent, received);
  const auto added = added_words(fields);
  if (fields.lost.empty()) {
    it.add(findings, "path.header-intact", Verdict::pass,
           "Every header field that was sent is there, unchanged and in order" + added, "raw");
    return;
  }
  auto words = mutation_list(it.probe, changes, it.received);
  if (words.empty()) {  // signatures, trace fields and the order between names are no mutations
    std::vector<std::string> names;
    names.reserve(fields.lost.size());
    for (const auto& name : fields.lost) names.push_back(plain(name, 60));
    words = plain(listed(names), 200) + (names.size() == 1 ? " is" : " are") + " not as sent or not in place";
  }
  it.add(findings, "path.header-intact", Verdict::warn, "Changed on the way: " + words + added, "raw").advice =
      mutation_advice(changes);
}

}  // namespace

void judge_intact(const Copy& it, Findings& findings) {
  if (!it.sent || !it.received) {
    for (const std::string_view check : {"path.body-intact", "path.header-intact"})
      it.add(findings, check, Verdict::not_tested, "The raw messages are not at hand", "raw");
    return;
  }
  if (it.probe.smuggling) {
    for (const std::string_view check : {"path.body-intact", "path.header-intact"})
      it.add(findings, check, Verdict::not_applicable, "The message was malformed on purpose", "raw");
    return;
  }
  const auto changes = auth::find_mutations(*it.sent, *it.received);
  const auto sent = auth::split_message(*it.sent), received = auth::split_message(*it.received);
  judge_body(it, sent, received, of_part(changes, true), findings);
  judge_header(it, sent, received, of_part(changes, false), findings);
}

}  // namespace mailprobe::evidence
