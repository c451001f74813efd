#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Finding;
using evidence::Verdict;

bool quiet(const Finding& finding) { return finding.verdict == Verdict::pass || finding.verdict == Verdict::info; }

View finding_view(const Page& from, const Finding& finding) {
  View view;
  badge(view, finding.verdict)
      .set("check", finding.check)
      .set("subject", finding.subject)
      .set("probe", from.document.probes.size() > 1 ? probe_name(from.document, finding) : "")
      .set("summary", finding.summary)
      .set("grade", finding.grade ? word(*finding.grade) : "")
      .set("cause", finding.cause ? cause_phrase(*finding.cause) : "")
      .set("cause_word",
           finding.cause && word(*finding.cause) != cause_phrase(*finding.cause) ? word(*finding.cause) : "")
      .set("own_part", own_part(from.document, finding))
      .set("advice", finding.advice)
      .set("reference", finding.reference)
      .set("fix_by", fix_by_phrase(finding.fix_by))
      .set("loud", !quiet(finding));
  return view;
}

bool alike(const Finding& a, const Finding& b) {
  return a.check == b.check && a.verdict == b.verdict && a.summary == b.summary;
}

/// What holds and reads the same of several addresses is one line, with how many there are.
Views quiet_views(const Page& from, const Group& group) {
  Views views;
  const Finding* before = nullptr;
  std::size_t times = 0;
  std::string subjects;
  const auto close = [&] {
    if (before == nullptr) return;
    auto view = finding_view(from, *before);
    views.push_back(std::move(view.set("subject", subjects).set("times", times > 1 ? std::to_string(times) : "")));
  };
  for (const Finding& finding : group.findings) {
    if (!quiet(finding)) continue;
    const bool same = before != nullptr && alike(*before, finding);
    if (!same) {
      close();
      before = &finding;
      times = 0;
      subjects.clear();
    }
    ++times;
    subjects += (times > 1 ? ", " : "") + finding.subject;
  }
  close();
  return views;
}

View group_view(const Page& from, const Group& group) {
  Views loud;
  for (const Finding& finding : group.findings)
    if (!quiet(finding)) loud.push_back(finding_view(from, finding));
  auto rest = quiet_views(from, group);
  return View()
      .set("title", direction_title(group.direction))
      .set("count", count_of(group.findings.size(), "check"))
      .set("loud_findings", std::move(loud))
      .set("quiet_findings", std::move(rest));
}

}  // namespace

void view_findings(View& page, const Page& from) {
  Views groups, open;
  for (const auto& group : tested_groups(from.document)) groups.push_back(group_view(from, group));
  for (const Finding& finding : untested(from.document)) open.push_back(finding_view(from, finding));
  page.set("has_findings", !groups.empty()).set("groups", std::move(groups));
  page.set("has_untested", !open.empty()).set("untested", std::move(open));
}

}  // namespace mailprobe::reporter
