#include "evidence/our_signatures.h"

#include <algorithm>
#include <array>

#include "auth/dkim_signature.h"
#include "auth/header_block.h"
#include "auth/mutation.h"
#include "base/text.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t most_named = 4;  // changes in one sentence

std::string name_of(std::string_view selector, std::string_view algorithm, std::string_view canonicalization) {
  return plain(selector, 60) + " " + plain(algorithm, 20) + " " + plain(canonicalization, 20);
}

bool same(const auth::DkimSignature& sent, const auth::Dkim& found) {
  return found.domain == sent.domain && found.selector == sent.selector && !found.header_b.empty() &&
         sent.b.starts_with(found.header_b);
}

OurSignature match(const auth::DkimSignature& sent, const std::vector<auth::Dkim>& copy) {
  const auto found = std::ranges::find_if(copy, [&](const auth::Dkim& each) { return same(sent, each); });
  return {name_of(sent.selector, sent.algorithm, sent.canonicalization()), found == copy.end() ? nullptr : &*found};
}

std::vector<OurSignature> of_our_domain(const Probe& probe, const std::vector<auth::Dkim>& copy) {
  std::vector<OurSignature> out;
  for (const auto& each : copy)
    if (is_our_domain(probe, each.domain))
      out.push_back({name_of(each.selector, each.algorithm, each.canonicalization), &each});
  return out;
}

/// Of encoded text only that there is more is known, not how many bytes of it.
std::string bytes_text(std::int64_t count) {
  if (count <= 0) return "text was";
  return count == 1 ? "1 byte was" : std::to_string(count) + " bytes were";
}

/// The bytes that are new, for all to see.
std::string excerpt(const std::optional<auth::ByteRange>& range, const std::optional<std::string>& received) {
  if (!range || !received || range->first < 0 || range->second <= range->first) return {};
  const auto from = static_cast<std::size_t>(range->first), to = static_cast<std::size_t>(range->second);
  if (to > received->size()) return {};
  return " (" + quoted(std::string_view(*received).substr(from, to - from)) + ")";
}

/// Text stands behind it: the end of a multipart, or its next part.
bool ends_a_part(const std::optional<auth::ByteRange>& range, const std::optional<std::string>& received) {
  if (!range || !received || range->second < 0) return false;
  return received->find_first_not_of("\r\n\t ", static_cast<std::size_t>(range->second)) != std::string::npos;
}

std::int64_t length(const std::optional<auth::ByteRange>& range) { return range ? range->second - range->first : 0; }

/// The header list that would have done, where there is one.
std::string without_field(const auth::Mutation& mutation) {
  const bool more = mutation.kind == "header-duplicated";
  if (!more && iequals(mutation.part, "From"))  // RFC 6376 §5.4
    return "From has to be signed: whoever changes it must stop, or sign the message again";
  auto text =
      more ? "A signature that names " + quoted(mutation.part, 60) + " no more often than it is there survives this"
           : "A signature that does not cover " + quoted(mutation.part, 60) + " survives this";
  if (!mutation.headers) return text;
  std::string list;
  for (const auto& name : *mutation.headers) list += (list.empty() ? "" : ":") + name;
  return text + ", one with h=" + plain(list, 300);
}

/// Relaxed canonicalization is enough.
bool is_for_relaxed(const auth::Mutation& mutation) {
  const auto keeps = [&](auth::Canon canon) { return auth::survives(mutation.kind, canon, canon); };
  return keeps(auth::Canon::relaxed) && !keeps(auth::Canon::simple);
}

/// Of the body, which has to be signed; 7bit text is not encoded anew.
bool is_lost(const auth::Mutation& mutation) {
  return mutation.part == "body" && !is_for_relaxed(mutation) && mutation.kind != "transfer-encoding-changed";
}

constexpr std::string_view a_signature = "A signature";

std::string advice_on(const auth::Mutation& mutation) {
  if (is_for_relaxed(mutation)) return "A signature with relaxed canonicalization survives this";
  if (mutation.part != "body") return without_field(mutation);
  if (mutation.kind == "transfer-encoding-changed") return "Sign 7bit text, which nobody needs to convert";
  return "No canonicalization survives this: whoever changes the body must stop, or sign the message again";
}

struct Row {
  std::string_view kind, words;
};
constexpr std::array<Row, 21> phrases{{
    {"trailing-white-space", "white space at line ends, or empty lines at the end of the body, changed"},
    {"white-space-changed", "white space inside lines of the body changed"},
    {"line-endings-changed", "line endings of the body changed"},
    {"charset-changed", "the body's charset was changed"},
    {"mime-preamble-changed", "the MIME preamble was changed"},
    {"part-added", "a MIME part was added"},
    {"part-removed", "a MIME part was removed"},
    {"lines-rewrapped", "the lines of the body were wrapped anew"},
    {"transfer-encoding-changed", "the body's transfer encoding was changed"},
    {"mime-boundary-changed", "the MIME boundary was changed"},
    {"body-changed", "the body was changed"},
    {"header-refolded", "was folded anew"},
    {"header-name-case", "has its name in another case"},
    {"subject-tagged", "was tagged in front"},
    {"address-rewritten", "was rewritten"},
    {"message-id-rewritten", "was rewritten"},
    {"date-rewritten", "was rewritten"},
    {"header-rewritten", "was rewritten"},
    {"header-removed", "was removed"},
    {"header-duplicated", "occurs more often than it was sent"},
    {"header-reordered", "changed places"},
}};

}  // namespace

bool is_our_domain(const Probe& probe, std::string_view domain) {
  if (iequals(domain, std::string_view(probe.from).substr(probe.from.find('@') + 1)) ||
      (!domain.empty() && to_lower(probe.from).ends_with("." + to_lower(domain))) ||
      (probe.dns_witness && iequals(domain, probe.dns_witness->domain)))
    return true;
  return probe.mailbox && std::ranges::any_of(probe.mailbox->dkim, [&](const auth::Dkim& each) {
           return each.selector == probe.id && iequals(each.domain, domain);
         });
}

std::vector<OurSignature> our_signatures(const Probe& probe, const std::optional<std::string>& sent) {
  if (!probe.mailbox) return {};
  return our_signatures(probe, probe.mailbox->dkim, sent);
}

std::vector<OurSignature> our_signatures(const Probe& probe, const std::vector<auth::Dkim>& copy,
                                         const std::optional<std::string>& sent) {
  if (!sent) return of_our_domain(probe, copy);
  std::vector<OurSignature> out;
  const auto message = auth::split_message(*sent);
  for (const auto* field : message.all("DKIM-Signature")) {
    auth::DkimSignature read;
    if (auth::parse_dkim_signature(field->value, read)) out.push_back(match(read, copy));
  }
  return out;
}

namespace {

/// `shown`: with the bytes.
std::string mutation_text(const auth::Mutation& mutation, const std::optional<std::string>& received, bool shown) {
  if (mutation.kind == "footer-appended" || mutation.kind == "text-prepended") {
    const auto added = length(mutation.received) - length(mutation.sent);
    const bool footer = mutation.kind == "footer-appended";
    const auto* where = footer ? ends_a_part(mutation.received, received) ? "end of a part" : "end" : "start";
    return bytes_text(added) + " added at the " + where + " of the body" +
           (shown ? excerpt(mutation.received, received) : "");
  }
  const auto row = std::ranges::find(phrases, mutation.kind, &Row::kind);
  const auto words = row == phrases.end() ? plain(mutation.kind, 60) : std::string(row->words);
  return mutation.part == "body" ? words : quoted(mutation.part, 60) + " " + words;
}

}  // namespace

std::string mutation_list(const Probe& probe, const std::vector<auth::Mutation>& changes,
                          const std::optional<std::string>& received) {
  std::string out;
  for (std::size_t i = 0; i < changes.size() && i < most_named; ++i)
    out += (i == 0 ? "" : ", and ") + mutation_text(changes[i], received, !probe.secret);
  if (changes.size() > most_named) out += ", and " + count_of(changes.size() - most_named, "more change");
  return out;
}

std::string would_have_survived(const std::vector<auth::Mutation>& changes) {
  using auth::Canon;
  std::vector<std::string> out;
  for (const auto header : {Canon::simple, Canon::relaxed})
    for (const auto body : {Canon::simple, Canon::relaxed})
      if (std::ranges::all_of(changes, [&](const auto& each) { return auth::survives(each.kind, header, body); }))
        out.push_back(std::string(auth::canon_word(header)) + "/" + std::string(auth::canon_word(body)));
  return out.empty() ? "no canonicalization" : listed(out);
}

std::string mutation_advice(const std::vector<auth::Mutation>& changes) {
  // What was encoded anew says so in its header: leaving that field unsigned would not help.
  const bool encoded = std::ranges::find(changes, "transfer-encoding-changed", &auth::Mutation::kind) != changes.end();
  const bool relaxed_alone = std::ranges::all_of(changes, is_for_relaxed), lost = std::ranges::any_of(changes, is_lost);
  std::string out;
  std::size_t named = 0;
  bool relaxed = false;
  for (const auto& change : changes) {
    if (named == most_named) break;
    if (encoded && iequals(change.part, "Content-Transfer-Encoding")) continue;
    const auto next = advice_on(change);
    if (lost && next.starts_with(a_signature)) continue;  // none survives all of it
    if (!relaxed_alone && is_for_relaxed(change)) {
      relaxed = true;
      continue;
    }
    ++named;
    if (!out.contains(next)) out += (out.empty() ? "" : ". ") + next;
  }
  if (relaxed && out.starts_with(a_signature)) out.insert(a_signature.size(), " with relaxed canonicalization");
  return out;
}

}  // namespace mailprobe::evidence
