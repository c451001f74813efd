#include "auth/header_mutation.h"

#include <algorithm>
#include <map>

#include "auth/canonical.h"
#include "auth/diff_text.h"
#include "auth/encoded_word.h"
#include "auth/sequence_diff.h"
#include "auth/text_lines.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

using Fields = std::vector<const HeaderField*>;

/// A tag in front, "[list] Hello" or "***SPAM*** Hello", or after a reply's prefix: "Re: [list] Hello".
bool tagged(std::string_view before, std::string_view now) {
  const auto a = decode_words(before), b = decode_words(now);
  const auto whole = trim(a);
  if (whole.empty() || b.size() <= whole.size()) return false;
  if (std::string_view(b).ends_with(whole)) return true;
  const auto [x, y] = std::ranges::mismatch(whole, b);
  const auto same = static_cast<std::size_t>(x - whole.begin());
  const auto prefix = trim(whole.substr(0, whole.find(':') == std::string_view::npos ? 0 : whole.find(':') + 1));
  return !prefix.empty() && prefix.size() <= 4 && same >= prefix.size() &&
         std::string_view(b).ends_with(trim(whole.substr(prefix.size())));
}

/// The fields of addresses, RFC 5322 §3.6.2, §3.6.3 and §3.6.6.
bool holds_addresses(std::string_view name) {
  constexpr std::string_view names[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};
  if (istarts_with(name, "Resent-")) name.remove_prefix(7);
  return std::ranges::any_of(names, [&](std::string_view each) { return iequals(each, name); });
}

/// Another value of that field.
std::string rewriting(std::string_view name, std::string_view before, std::string_view now) {
  if (iequals(name, "Subject") && tagged(before, now)) return "subject-tagged";
  if (iequals(name, "Message-ID")) return "message-id-rewritten";
  if (iequals(name, "Date")) return "date-rewritten";
  return holds_addresses(name) ? "address-rewritten" : "header-rewritten";
}

class FieldComparer {
 public:
  FieldComparer(std::string_view name, std::string_view sent, const Fields& before, std::string_view received,
                const Fields& now, Canon canon)
      : name_(name), sent_(sent), received_(received), before_(before), now_(now), canon_(canon) {}

  std::vector<Mutation> run() {
    if (std::ranges::equal(before_, now_, {}, &HeaderField::raw, &HeaderField::raw)) return {};
    for (const auto* field : before_) a_.push_back(number(*field));
    for (const auto* field : now_) b_.push_back(number(*field));
    if (a_ != b_ && std::ranges::is_permutation(a_, b_))
      reordered();
    else
      compare();
    return std::move(found_);
  }

 private:
  std::uint32_t number(const HeaderField& field) {
    return numbers_
        .try_emplace(canonical_header(field.raw, Canon::relaxed), static_cast<std::uint32_t>(numbers_.size()))
        .first->second;
  }

  void compare() {
    const auto hunks = differing(a_, b_);
    std::size_t i = 0, j = 0;
    for (const auto& hunk : hunks) {
      for (; i < hunk.a_from; ++i, ++j) equal_to_relaxed(*before_[i], *now_[j]);
      changed(hunk);
      i = hunk.a_to;
      j = hunk.b_to;
    }
    for (; i < before_.size(); ++i, ++j) equal_to_relaxed(*before_[i], *now_[j]);
  }

  /// RFC 6376 §3.4.2: to the relaxed canonicalization two are equal whatever their names' case and their folding.
  void equal_to_relaxed(const HeaderField& before, const HeaderField& now) {
    if (before.raw == now.raw) return;
    DiffText diff(Blanks::shown);
    for (const auto line : physical_lines(before)) diff.add('-', line);
    for (const auto line : physical_lines(now)) diff.add('+', line);
    const auto told = [&](std::string kind) {
      add(std::move(kind), range_of(sent_, before), range_of(received_, now), diff);
    };
    if (before.name != now.name) told("header-name-case");
    if (before.raw.substr(before.name.size()) != now.raw.substr(now.name.size())) told("header-refolded");
  }

  /// Fields are added on top, so that those at the bottom correspond (RFC 6376 §5.4.2 counts from there too).
  void changed(const Hunk& hunk) {
    auto i = hunk.a_to, j = hunk.b_to;
    while (i > hunk.a_from && j > hunk.b_from) rewritten(*before_[--i], *now_[--j]);
    while (i > hunk.a_from) {
      const auto& field = *before_[--i];
      DiffText diff;
      diff.add('-', shown(field));
      add("header-removed", range_of(sent_, field), {}, diff);
    }
    while (j > hunk.b_from) {
      const auto& field = *now_[--j];
      DiffText diff;
      diff.add('+', shown(field));
      add("header-duplicated", {}, range_of(received_, field), diff);
    }
  }

  void rewritten(const HeaderField& before, const HeaderField& now) {
    DiffText diff;
    diff.change(shown(before), shown(now));
    add(rewriting(name_, before.value, now.value), range_of(sent_, before), range_of(received_, now), diff);
  }

  void reordered() {
    DiffText diff;
    for (const auto* field : before_) diff.add('-', shown(*field));
    for (const auto* field : now_) diff.add('+', shown(*field));
    const auto whole = [](std::string_view message, const Fields& fields) {
      return ByteRange{range_of(message, *fields.front()).first, range_of(message, *fields.back()).second};
    };
    add("header-reordered", whole(sent_, before_), whole(received_, now_), diff);
  }

  static ByteRange range_of(std::string_view message, const HeaderField& field) {
    const auto from = static_cast<std::size_t>(field.raw.data() - message.data());
    return byte_range(from, from + field.raw.size());
  }

  static std::vector<std::string_view> physical_lines(const HeaderField& field) {
    std::vector<std::string_view> lines;
    for (auto rest = field.raw; !rest.empty();) {
      const auto end = rest.find("\r\n");
      lines.push_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return lines;
  }

  [[nodiscard]] std::string shown(const HeaderField& field) const {
    const auto canonical = canonical_header(field.raw, canon_);
    return std::string(trim(canonical));
  }

  void add(std::string kind, std::optional<ByteRange> sent, std::optional<ByteRange> received, const DiffText& diff) {
    found_.push_back({std::move(kind), std::string(name_), sent, received, diff.text()});
  }

  std::string_view name_, sent_, received_;
  const Fields &before_, &now_;
  Canon canon_;
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint32_t> a_, b_;
  std::vector<Mutation> found_;
};

}  // namespace

std::vector<Mutation> field_mutations(std::string_view name, std::string_view sent, const Fields& before,
                                      std::string_view received, const Fields& now, Canon canon) {
  return FieldComparer(name, sent, before, received, now, canon).run();
}

}  // namespace mailprobe::auth
