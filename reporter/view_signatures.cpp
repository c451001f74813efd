#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "reporter/dkim_story.h"
#include "reporter/line_diff.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using auth::Dkim;
using auth::DkimOutcome;

constexpr std::size_t most_lines = 200;  // of a diff

View part_view(std::string_view part, std::optional<bool> ok) {
  View view;
  badge(view, ok ? (*ok ? "pass" : "fail") : "mute", ok ? (*ok ? "intact" : "changed") : "not judged");
  return view.set("part", part);
}

View signature_view(const Dkim& dkim) {
  View view;
  badge(view, tone_of_result(word(dkim.result)), word(dkim.result))
      .set("index", std::to_string(dkim.index))
      .set("selector", dkim.selector)
      .set("domain", dkim.domain)
      .set("algorithm", dkim.algorithm)
      .set("canonicalization", dkim.canonicalization)
      .set("bits", dkim.key_bits > 0 ? std::to_string(dkim.key_bits) + " bit" : "")
      .set("reason", dkim.reason)
      .set("partial", dkim.partial)
      .set("parts", Views{part_view("Header", dkim.header_ok), part_view("Body", dkim.body_ok)});
  return view;
}

/// White space at the end of a line is what one looks for and cannot see.
std::string visible(std::string_view blanks) {
  std::string out;
  for (const char c : blanks) out += c == '\t' ? "⇥" : "·";
  return out;
}

struct DiffLine {
  char sign = ' ';
  std::string_view text, blanks;  // what is at its end
};

DiffLine diff_line(std::string_view line) {
  const char sign = line.empty() ? ' ' : line.front();
  const bool marked = sign == '+' || sign == '-' || sign == ' ';
  auto text = marked && !line.empty() ? line.substr(1) : line;
  if (text.ends_with('\r')) text.remove_suffix(1);
  const auto end = text.find_last_not_of(" \t");
  const auto kept = end == std::string_view::npos ? 0 : end + 1;
  return {sign, text.substr(0, kept), text.substr(kept)};
}

View line_view(const DiffLine& line, const std::vector<Piece>& pieces) {
  const char sign = line.sign;
  Views parts;
  for (const auto& piece : pieces) parts.push_back(View().set("text", piece.text).set("changed", piece.changed));
  return View()
      .set("kind", sign == '+'   ? "added"
                   : sign == '-' ? "removed"
                                 : "same")
      .set("sign", sign == '+'   ? "+"
                   : sign == '-' ? "−"
                                 : " ")
      .set("said", sign == '+'   ? "added: "
                   : sign == '-' ? "removed: "
                                 : "")
      .set("pieces", std::move(parts))
      .set("blanks", sign == ' ' ? "" : visible(line.blanks));
}

using DiffLines = std::vector<DiffLine>;

/// How many lines from there on have that sign.
std::size_t run_of(const DiffLines& lines, std::size_t from, char sign) {
  std::size_t count = 0;
  while (from + count < lines.size() && lines[from + count].sign == sign) ++count;
  return count;
}

/// Lines that went, and those that came in their place: the first for the first, and so on. The changed bytes of each
/// such pair are marked; a line that has no other is new, or gone, as a whole.
void add_block(Views& views, const DiffLines& lines, std::size_t from, std::size_t gone, std::size_t came) {
  std::vector<LinePieces> pairs(std::min(gone, came));
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = changed_pieces(lines[from + i].text, lines[from + gone + i].text);
  for (std::size_t i = 0; i < gone + came; ++i) {
    const auto& line = lines[from + i];
    const auto pair = i < gone ? i : i - gone;
    const std::vector<Piece> whole{{line.text, false}};
    views.push_back(line_view(line, pair >= pairs.size() ? whole : i < gone ? pairs[pair].sent : pairs[pair].received));
  }
}

Views line_views(std::string_view diff) {
  DiffLines lines;
  for (const auto line : diff_lines(diff)) {
    lines.push_back(diff_line(lines.size() < most_lines ? line : " …"));
    if (lines.size() > most_lines) break;
  }
  Views views;
  for (std::size_t at = 0; at < lines.size();) {
    const auto gone = run_of(lines, at, '-'), came = run_of(lines, at + gone, '+');
    if (gone + came > 0)
      add_block(views, lines, at, gone, came);
    else
      views.push_back(line_view(lines[at], {{lines[at].text, false}}));
    at += std::max<std::size_t>(gone + came, 1);
  }
  return views;
}

std::string range_text(const std::optional<auth::ByteRange>& range, std::string_view of) {
  if (!range || range->second <= range->first) return {};
  return fmt::format("{} at byte {} of the message {}",
                     size_text(static_cast<std::size_t>(range->second - range->first)), range->first, of);
}

View change_view(const Change& change) {
  const auto phrase = mutation_phrase(change.mutation.kind, change.mutation.part);
  const auto& mutation = change.mutation;
  return View()
      .set("title", phrase.title)
      .set("meaning", phrase.meaning)
      .set("remedy", remedy_of(change.mutation))
      .set("kind", mutation.kind)
      .set("where", mutation.part == "body" ? "Body" : mutation.part)
      .set("sent_range", range_text(mutation.sent, "sent"))
      .set("received_range", range_text(mutation.received, "received"))
      .set("broken", signature_names(change.broken))
      .set("survived", signature_names(change.survived))
      .set("lines", line_views(mutation.diff));
}

std::string sentence(const std::vector<Dkim>& all) {
  const auto whole = static_cast<std::size_t>(std::ranges::count(all, DkimOutcome::pass, &Dkim::result));
  if (all.empty()) return "The delivered copy holds no DKIM signature any more.";
  if (whole == all.size())
    return all.size() == 1 ? "The signature still verifies." : fmt::format("All {} signatures still verify.", whole);
  if (whole == 0)
    return all.size() == 1 ? "The signature does not verify any more."
                           : fmt::format("None of the {} signatures verifies any more.", all.size());
  return fmt::format("{} of {} signatures still verify.", whole, all.size());
}

}  // namespace

void view_signatures(View& probe, const evidence::Probe& of) {
  Views signatures, altered;
  std::string lead;
  if (of.mailbox) {
    for (const auto& dkim : of.mailbox->dkim) signatures.push_back(signature_view(dkim));
    for (const auto& change : changes(*of.mailbox)) altered.push_back(change_view(change));
    lead = sentence(of.mailbox->dkim);
  }
  probe.set("has_signatures", !signatures.empty())
      .set("signatures", std::move(signatures))
      .set("dkim_sentence", std::move(lead))
      .set("has_changes", !altered.empty())
      .set("changes", std::move(altered));
}

}  // namespace mailprobe::reporter
