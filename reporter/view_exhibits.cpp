#include "reporter/answers.h"
#include "reporter/dkim_story.h"
#include "reporter/exhibits.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

/// For those who do not see the sign.
std::string_view said(std::string_view kind) {
  if (kind == "out") return "we: ";
  if (kind == "in") return "they: ";
  if (kind == "added") return "arrived: ";
  return kind == "removed" ? "sent: " : "";
}

Views line_views(const ExhibitLines& lines) {
  Views views;
  for (const auto& line : lines)
    views.push_back(View()
                        .set("kind", line.kind.empty() ? "said" : line.kind)
                        .set("said", said(line.kind))
                        .set("excerpt", line.text));
  return views;
}

std::string anchor_of(const Page& from, const Exhibit& exhibit) {
  if (!exhibit.probe) return exhibit.section;
  return from.section_anchor(*exhibit.probe, exhibit.section);
}

}  // namespace

std::string Page::section_anchor(std::size_t probe, std::string_view section) const {
  if (!is_whole(probe) || !has_section(document.probes[probe], section)) return {};
  return std::string(section) + "-" + std::to_string(probe + 1);
}

bool has_section(const evidence::Probe& of, std::string_view section) {
  if (section == "way") return true;
  if (section == "dkim" || section == "authentication") return of.mailbox.has_value();
  if (section == "changes") return of.mailbox && !changes(*of.mailbox).empty();
  if (section == "tls") return of.smtp && of.smtp->tls;
  if (section == "lookups") return of.dns_witness.has_value();
  if (section == "answers") return has_answers_section(of);
  if (section == "traps") return of.traps.has_value();
  if (section == "reflection") return of.reflection.has_value();
  if (section == "reports") return !of.reports.empty();
  if (section == "sessions") return !of.attempts.empty() || of.watch;
  return section == "message" && (of.mailbox || of.sent || of.forward || (of.smuggling && of.smuggling->raw));
}

Views proof_views(const Page& from, const evidence::Finding& finding) {
  Views views;
  const bool several = from.document.probes.size() > 1;
  for (const auto& exhibit : exhibits(from.document, finding)) {
    const auto& name = exhibit.probe ? from.document.probes[*exhibit.probe].name : std::string();
    views.push_back(View()
                        .set("what", exhibit.title + (several && !name.empty() ? ", probe " + name : ""))
                        .set("anchor", anchor_of(from, exhibit))
                        .set("pointer", exhibit.pointer)
                        .set("excerpts", line_views(exhibit.lines)));
  }
  return views;
}

}  // namespace mailprobe::reporter
