// path.filter-verdict: what mail filters write into a message, read and explained by a table of the fields of known
// ones. A guess where a product changes its words: the fields themselves stand in the evidence.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "evidence/checks_copy.h"

namespace mailprobe::evidence {

namespace {

enum class Reading {
  words,     // "Yes, score=7.2 …", "add header", "default: False [1.2 / 15.0]"
  note,      // "*****", a score without its threshold: shown, not judged
  forefront  // "CIP:…;SCL:5;CAT:SPM;…", or a bare SCL
};

struct Row {
  std::string_view field, product;
  Reading reading;
};
constexpr std::array rows{
    Row{"X-Spam-Status", "SpamAssassin", Reading::words},
    Row{"X-Spam-Flag", "SpamAssassin", Reading::words},
    Row{"X-Spam-Level", "SpamAssassin", Reading::note},
    Row{"X-Spam-Score", "SpamAssassin", Reading::note},
    Row{"X-Spam-Report", "SpamAssassin", Reading::note},
    Row{"X-Spam", "rspamd", Reading::words},
    Row{"X-Spamd-Result", "rspamd", Reading::words},
    Row{"X-Spamd-Bar", "rspamd", Reading::note},
    Row{"X-Rspamd-Action", "rspamd", Reading::words},
    Row{"X-Rspamd-Score", "rspamd", Reading::note},
    Row{"X-Forefront-Antispam-Report", "Microsoft", Reading::forefront},
    Row{"X-Microsoft-Antispam", "Microsoft", Reading::forefront},
    Row{"X-MS-Exchange-Organization-SCL", "Microsoft", Reading::forefront},
    Row{"X-Proofpoint-Spam-Details", "Proofpoint", Reading::words},
    Row{"X-Barracuda-Spam-Status", "Barracuda", Reading::words},
    Row{"X-Bogosity", "bogofilter", Reading::words},
    Row{"X-DSPAM-Result", "DSPAM", Reading::words},
    Row{"X-CRM114-Status", "CRM114", Reading::words},
    Row{"X-SES-Spam-Verdict", "Amazon SES", Reading::words},
};

/// What the words begin with. The particular before the general.
struct Word {
  std::string_view begins;
  bool spam;
};
constexpr std::array words{
    Word{"yes", true},
    Word{"true", true},
    Word{"default: true", true},
    Word{"add header", true},
    Word{"rewrite subject", true},
    Word{"reject", true},
    Word{"quarantine", true},
    Word{"spam", true},
    Word{"fail", true},
    Word{"rule=spam", true},
    Word{"rule=notspam", false},
    Word{"rule=inbound_notspam", false},
    Word{"no action", false},
    Word{"no", false},
    Word{"false", false},
    Word{"default: false", false},
    Word{"ham", false},
    Word{"good", false},
    Word{"innocent", false},
    Word{"pass", false},
};

struct Category {
  std::string_view code, meaning;
  bool spam;
};
/// CAT of the Forefront report, as Microsoft documents it.
constexpr std::array categories{
    Category{"NONE", "no category", false},
    Category{"BULK", "bulk mail", true},
    Category{"SPM", "spam", true},
    Category{"HSPM", "spam of high confidence", true},
    Category{"OSPM", "outbound spam", true},
    Category{"PHSH", "phishing", true},
    Category{"HPHSH", "phishing of high confidence", true},
    Category{"HPHISH", "phishing of high confidence", true},
    Category{"SPOOF", "spoofing", true},
    Category{"MALW", "malware", true},
    Category{"AMP", "malware", true},
    Category{"DIMP", "domain impersonation", true},
    Category{"GIMP", "impersonation by behaviour", true},
    Category{"UIMP", "user impersonation", true},
    Category{"INTOS", "phishing inside the organisation", true},
};

constexpr int spam_confidence = 5;  // SCL from 5 on is junk

std::optional<int> number(std::string_view text) {
  int value = 0;
  text = trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "No, score=-1.2", not "Not scanned".
bool begins_with(std::string_view value, const Word& word) {
  if (!istarts_with(value, word.begins)) return false;
  return word.begins != "no" || value.size() == 2 || !is_alpha(value[2]);
}

FilterVerdict read_words(std::string_view value) {
  const auto* row = std::ranges::find_if(words, [&](const Word& each) { return begins_with(value, each); });
  const bool known = row != words.end();
  return {.spam = known && row->spam, .clean = known && !row->spam, .words = quoted(value, 120)};
}

/// SCL -1 is "not looked at", 0 and 1 are "no spam".
void read_level(FilterVerdict& out, std::string_view text) {
  const auto level = number(text);
  if (!level) return;
  (*level >= spam_confidence ? out.spam : out.clean) = true;
  out.words += (out.words.empty() ? "" : ", ") + std::string("spam confidence level ") + std::to_string(*level);
}

void read_category(FilterVerdict& out, std::string_view code) {
  const auto found = std::ranges::find(categories, code, &Category::code);
  if (found == categories.end()) return;
  out.spam = out.spam || found->spam;
  out.words += (out.words.empty() ? "" : ", ") + std::string("category ") + std::string(found->meaning);
}

FilterVerdict read_forefront(std::string_view value) {
  FilterVerdict out;
  if (number(value)) read_level(out, value);
  for (const auto part : split(value, ';')) {
    const auto item = trim(part);
    if (istarts_with(item, "SCL:")) read_level(out, item.substr(4));
    if (istarts_with(item, "CAT:")) read_category(out, trim(item.substr(4)));
  }
  out.clean = out.clean && !out.spam;
  return out;
}

FilterVerdict read(const Row& row, std::string_view value) {
  switch (row.reading) {
    case Reading::words: return read_words(value);
    case Reading::note: return {.words = quoted(value, 60)};
    case Reading::forefront: return read_forefront(value);
  }
  return {};
}

const Row* row_of(std::string_view name) {
  const auto* row = std::ranges::find_if(rows, [&](const Row& each) { return iequals(each.field, name); });
  return row == rows.end() ? nullptr : row;
}

FilterVerdict read_field(std::string_view field) {
  const auto colon = std::min(field.find(':'), field.size());
  const auto name = trim(field.substr(0, colon)), value = trim(field.substr(std::min(colon + 1, field.size())));
  const auto* row = row_of(name);
  if (row == nullptr) return {.words = quoted(field, 120)};
  auto out = read(*row, value);
  if (!out.words.empty()) out.words = std::string(row->product) + " says " + out.words;
  return out;
}

/// "SCL:5;CAT:SPM;", as far as it is known what that means.
std::string deciding_items(std::string_view value) {
  if (const auto level = number(value)) return "SCL:" + std::to_string(*level) + ";";
  std::string kept;
  for (const auto part : split(value, ';')) {
    const auto item = trim(part);
    const auto code = trim(item.substr(std::min<std::size_t>(4, item.size())));
    const bool known =
        (istarts_with(item, "SCL:") && number(code)) ||
        (istarts_with(item, "CAT:") && std::ranges::find(categories, code, &Category::code) != categories.end());
    if (known) kept.append(item).append(1, ';');
  }
  return kept;
}

Verdict verdict_of(const FilterVerdict& filter, bool junk) {
  if (filter.spam || junk) return Verdict::warn;
  return filter.clean ? Verdict::pass : Verdict::info;
}

struct Told {
  Verdict verdict = Verdict::info;
  std::string summary, advice;
};

Told told_by(const FilterVerdict& filter, bool junk) {
  const std::string says = filter.spam    ? "The target's filter takes the message for spam: "
                           : junk         ? "Filed as junk, though the filter does not call it spam: "
                           : filter.clean ? "The target's filter found no spam: "
                                          : "The target's filter wrote: ";
  return {verdict_of(filter, junk), says + filter.words,
          filter.spam ? "Look up what each named rule objects to; content and standing of the sender weigh most" : ""};
}

Told told_by_nothing(bool junk) {
  if (junk) return {Verdict::warn, "Filed as junk, and no header field says why", {}};
  return {Verdict::info, "The target's filter left no trace in the header", {}};
}

/// What is wrong on purpose may be taken for spam, and p=quarantine asks for just that (RFC 9989 §4.7).
Told spared(const Probe& probe, Told told) {
  if (!probe.fault || told.verdict != Verdict::warn) return told;
  return {Verdict::info, told.summary + "; it was wrong on purpose (" + plain(*probe.fault, 60) + ")", {}};
}

}  // namespace

std::string deciding_part(std::string_view field) {
  const auto colon = std::min(field.find(':'), field.size());
  const auto name = trim(field.substr(0, colon)), value = trim(field.substr(std::min(colon + 1, field.size())));
  const auto* row = row_of(name);
  if (row == nullptr || row->reading == Reading::note) return {};
  if (row->reading == Reading::forefront) return deciding_items(value);
  const auto* word = std::ranges::find_if(words, [&](const Word& each) { return begins_with(value, each); });
  return std::string(value.substr(0, word == words.end() ? 0 : word->begins.size()));
}

/// What decides comes first, then what says that there is nothing, then the rest.
FilterVerdict read_filter(const std::vector<std::string>& fields) {
  constexpr std::size_t most = 3;
  std::vector<std::string> spam, clean, notes;
  for (const auto& field : fields) {
    auto next = read_field(field);
    if (next.words.empty()) continue;
    (next.spam ? spam : next.clean ? clean : notes).push_back(std::move(next.words));
  }
  FilterVerdict out{.spam = !spam.empty(), .clean = spam.empty() && !clean.empty(), .words = {}};
  std::size_t named = 0;
  for (const auto* group : {&spam, &clean, &notes})
    for (const auto& text : *group)
      if (named++ < most) out.words += (out.words.empty() ? "" : "; ") + text;
  return out;
}

void judge_filter(const Copy& it, Findings& findings) {
  const bool junk = in_junk(it.copy);
  auto told = it.copy.filter.empty() ? told_by_nothing(junk) : told_by(read_filter(it.copy.filter), junk);
  told = spared(it.probe, std::move(told));
  it.add(findings, "path.filter-verdict", told.verdict, std::move(told.summary), "filter").advice = told.advice;
}

}  // namespace mailprobe::evidence
