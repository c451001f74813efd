// What mail filters write into a message, read and explained: a table of the fields of known ones. A guess where a
// product changes its words: the fields themselves stand in the evidence.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "evidence/checks_copy.h"

namespace mailprobe::evidence {

namespace {

enum class Reading {
  yes_means_spam,   // "Yes, score=7.2 …"
  stars,            // "*****": informative
  forefront,        // "CIP:…;SCL:5;CAT:SPM;…"
  number_over_four  // an SCL
};

struct Row {
  std::string_view field, product;
  Reading reading;
};
constexpr std::array<Row, 10> rows{{
    {"X-Spam-Status", "SpamAssassin", Reading::yes_means_spam},
    {"X-Spam-Flag", "SpamAssassin", Reading::yes_means_spam},
    {"X-Spam", "rspamd", Reading::yes_means_spam},
    {"X-Spam-Level", "SpamAssassin", Reading::stars},
    {"X-Spamd-Result", "rspamd", Reading::yes_means_spam},
    {"X-Rspamd-Action", "rspamd", Reading::yes_means_spam},
    {"X-Forefront-Antispam-Report", "Microsoft", Reading::forefront},
    {"X-Microsoft-Antispam", "Microsoft", Reading::forefront},
    {"X-MS-Exchange-Organization-SCL", "Microsoft", Reading::number_over_four},
    {"X-Proofpoint-Spam-Details", "Proofpoint", Reading::yes_means_spam},
}};

struct Category {
  std::string_view code, meaning;
  bool spam;
};
/// CAT of the Forefront report, as Microsoft documents it.
constexpr std::array<Category, 8> categories{{
    {"SPM", "spam", true},
    {"HSPM", "spam of high confidence", true},
    {"PHSH", "phishing", true},
    {"HPHISH", "phishing of high confidence", true},
    {"SPOOF", "spoofing", true},
    {"BULK", "bulk mail", true},
    {"MALW", "malware", true},
    {"NONE", "no category", false},
}};

constexpr int spam_confidence = 5;  // SCL from 5 on is junk

std::optional<int> number(std::string_view text) {
  int value = 0;
  text = trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "Yes …", "YES", "add header", "reject", rspamd's "default: True [7.20 / 6.00]".
bool says_spam(std::string_view value) {
  constexpr std::array<std::string_view, 6> words{"yes",   "true", "default: true", "add header", "rewrite subject",
                                                  "reject"};
  return std::ranges::any_of(words, [&](std::string_view each) { return istarts_with(value, each); });
}

FilterVerdict read_forefront(std::string_view value) {
  FilterVerdict out;
  for (const auto part : split(value, ';')) {
    const auto item = trim(part);
    if (istarts_with(item, "SCL:")) {
      const auto level = number(item.substr(4));
      out.spam = out.spam || (level && *level >= spam_confidence);
      out.words +=
          (out.words.empty() ? "" : ", ") + std::string("spam confidence level ") + std::string(item.substr(4));
    }
    if (!istarts_with(item, "CAT:")) continue;
    const auto found = std::ranges::find(categories, item.substr(4), &Category::code);
    if (found == categories.end()) continue;
    out.spam = out.spam || found->spam;
    out.words += (out.words.empty() ? "" : ", ") + std::string("category ") + std::string(found->meaning);
  }
  return out;
}

FilterVerdict read(const Row& row, std::string_view value) {
  switch (row.reading) {
    case Reading::yes_means_spam: return {says_spam(value), quoted(value, 120)};
    case Reading::stars: return {false, quoted(value, 40)};
    case Reading::forefront: return read_forefront(value);
    case Reading::number_over_four: return {number(value).value_or(0) >= spam_confidence, quoted(value, 20)};
  }
  return {};
}

FilterVerdict read_field(std::string_view field) {
  const auto colon = field.find(':');
  if (colon == std::string_view::npos) return {false, quoted(field, 120)};
  const auto name = trim(field.substr(0, colon)), value = trim(field.substr(colon + 1));
  const auto row = std::ranges::find_if(rows, [&](const Row& each) { return iequals(each.field, name); });
  if (row == rows.end()) return {false, quoted(field, 120)};
  auto out = read(*row, value);
  if (!out.words.empty()) out.words = std::string(row->product) + " says " + out.words;
  return out;
}

}  // namespace

FilterVerdict read_filter(const std::vector<std::string>& fields) {
  constexpr std::size_t most = 3;
  std::vector<FilterVerdict> all;
  for (const auto& field : fields)
    if (auto next = read_field(field); !next.words.empty()) all.push_back(std::move(next));
  std::ranges::stable_partition(all, &FilterVerdict::spam);  // what decides comes first
  FilterVerdict out;
  for (std::size_t i = 0; i < all.size() && i < most; ++i) {
    out.spam = out.spam || all[i].spam;
    out.words += (out.words.empty() ? "" : "; ") + all[i].words;
  }
  return out;
}

}  // namespace mailprobe::evidence
