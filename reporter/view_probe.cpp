#include <algorithm>

#include <fmt/format.h>

#include "reporter/authentication.h"
#include "reporter/escape.h"
#include "reporter/headline.h"
#include "reporter/journey.h"
#include "reporter/picture.h"
#include "reporter/timeline.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

Views in_words(const Journey& way) {
  Views words;
  for (const auto& text : words_of(way)) words.push_back(View().set("text", text));
  return words;
}

View way_view(const Journey& way, Views pictures) {
  return View().set("title", way.title).set("pictures", std::move(pictures)).set("steps", in_words(way));
}

void add_ways(View& probe, const Journey& there, const std::optional<Journey>& back) {
  Views ways{way_view(there, {picture(there, Lie::across), picture(there, Lie::down)})};
  std::vector<const Journey*> all{&there};
  if (back) {
    const auto slots = there.stations.size();
    ways.push_back(way_view(*back, {picture_back(*back, Lie::across, slots), picture_back(*back, Lie::down, slots)}));
    all.push_back(&*back);
  }
  probe.set("ways", std::move(ways)).set("legend", legend(all));
}

}  // namespace

void view_way(View& probe, const Page& from, const evidence::Probe& of) {
  const bool alone = from.document.probes.size() == 1;
  auto rows = bars(timeline(of, alone ? std::optional(from.document.run.started) : std::nullopt));
  Views filter;
  if (of.mailbox)
    for (const auto& line : of.mailbox->filter) filter.push_back(View().set("line", shown_lines(line)));
  add_ways(probe, journey(of, from.document.self, from.document.target), way_back(of, from.document.self));
  probe.set("has_filter", !filter.empty())
      .set("filter", std::move(filter))
      .set("has_timeline", !rows.empty())
      .set("timeline", std::move(rows));
}

namespace {

View row_view(const AuthenticationRow& row) {
  return View()
      .set("method", row.method)
      .set("what", row.what)
      .set("ours", row.ours)
      .set("ours_tone", tone_of_result(row.ours))
      .set("ours_detail", row.ours_detail)
      .set("theirs", row.theirs)
      .set("theirs_tone", tone_of_result(row.theirs))
      .set("theirs_detail", row.theirs_detail)
      .set("agree", row.agree.has_value() && *row.agree)
      .set("differ", row.agree.has_value() && !*row.agree);
}

View field_view(const auth::AuthenticationResults& field) {
  return View()
      .set("authserv", field.authserv_id.empty() ? "no authserv-id" : field.authserv_id)
      .set("trusted", field.trusted)
      .set("raw", shown_lines(field.raw));
}

std::string rfc7489_note(const auth::Dmarc& dmarc) {
  if (!dmarc.rfc7489) return {};
  return fmt::format("A receiver that still follows RFC 7489 would come to “{}”.", word(dmarc.rfc7489->result));
}

}  // namespace

void view_authentication(View& probe, const evidence::Probe& of) {
  probe.set("has_authentication", of.mailbox.has_value());
  Views rows, fields;
  std::string authserv, note;
  if (of.mailbox) {
    for (const auto& row : authentication_rows(*of.mailbox)) rows.push_back(row_view(row));
    for (const auto& field : of.mailbox->authentication_results) fields.push_back(field_view(field));
    authserv = trusted_authserv_id(*of.mailbox);
    note = rfc7489_note(of.mailbox->dmarc);
  }
  probe.set("auth_rows", std::move(rows))
      .set("auth_fields", std::move(fields))
      .set("authserv", std::move(authserv))
      .set("note7489", std::move(note));
}

View view_probe(const Page& from, std::size_t index) {
  const auto& of = from.document.probes[index];
  View probe;
  const bool several = from.document.probes.size() > 1;
  probe.set("n", std::to_string(index + 1))
      .set("several", several)
      .set("probe_name", of.name.empty() ? of.id : of.name)
      .set("sentence", several ? probe_sentence(of, from.document) : "");
  view_way(probe, from, of);
  view_authentication(probe, of);
  view_signatures(probe, of);
  view_certificate(probe, from, of);
  view_lookups(probe, from, of);
  view_answers(probe, of);
  view_traps(probe, from, of);
  view_reports(probe, of);
  view_sessions(probe, from, of);
  view_reflection(probe, of);
  view_messages(probe, from, of);
  return probe;
}

}  // namespace mailprobe::reporter
