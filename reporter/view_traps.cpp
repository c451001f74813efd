#include "reporter/phrases.h"
#include "reporter/trap_story.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

View row_view(const TrapRow& row) {
  View view;
  badge(view, row.verdict)
      .set("name", row.name)
      .set("what", row.what)
      .set("address", row.address)
      .set("control", row.control)
      .set("came", row.came)
      .set("when", row.when)
      .set("from", row.from)
      .set("client", row.client)
      .set("over", row.over)
      .set("cipher", row.cipher)
      .set("meaning", row.meaning);
  return view;
}

void add_sessions(const TrapRow& row, Views& views) {
  for (const auto* session : row.sessions) {
    auto view = received_view(*session, session->recipients.empty() ? "unsure" : "info", row.name);
    views.push_back(std::move(view));
  }
}

}  // namespace

void view_traps(View& probe, const Page& from, const evidence::Probe& of) {
  probe.set("has_traps", of.traps.has_value());
  if (!of.traps) return;
  const auto story = trap_story(from.document, of);
  Views rows, left, sessions;
  for (const auto& row : story.rows) {
    rows.push_back(row_view(row));
    add_sessions(row, sessions);
  }
  for (const auto& one : story.left) left.push_back(View().set("name", one.name).set("why", one.why));
  probe.set("trap_sentence", story.sentence)
      .set("trap_rows", std::move(rows))
      .set("has_traps_left", !left.empty())
      .set("traps_left", std::move(left))
      .set("trap_calls", count_of(sessions.size(), "session"))
      .set("has_trap_sessions", !sessions.empty())
      .set("trap_sessions", std::move(sessions));
}

}  // namespace mailprobe::reporter
