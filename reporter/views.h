// The sections of the page as views, each a pure function of the document. The templates that show them stand in
// reporter/templates under the same names.
#pragma once

#include "evidence/assess.h"
#include "evidence/document.h"
#include "reporter/view.h"

namespace mailprobe::reporter {

/// A run on one page: what every section may need beside its own part of the document.
struct Page {
  const evidence::Document& document;
  const evidence::RawReader& raw;
};

void view_masthead(View& page, const Page& from);      // verdict, counts, key facts
void view_first(View& page, const Page& from);         // what to fix first, and who can
void view_findings(View& page, const Page& from);      // groups; what was not tested
void view_expectations(View& page, const Page& from);  // of a scenario
void view_survival(View& page, const Page& from);      // of many signatures
void view_scores(View& page, const Page& from);        // by profile
void view_dns(View& page, const Page& from);           // mail servers, policies, our own records
void view_servers(View& page, const Page& from);       // each address that `inspect` had a session with
void view_surveys(View& page, const Page& from);       // what the TLS of each accepts
void view_since(View& page, const Page& from);         // what has changed since the last run, and charts
void view_run(View& page, const Page& from);           // about this run
View view_probe(const Page& from, std::size_t index);  // all of the following

void view_way(View& probe, const Page& from, const evidence::Probe& of);          // picture and time line
void view_authentication(View& probe, const evidence::Probe& of);                 // ours beside theirs
void view_signatures(View& probe, const evidence::Probe& of);                     // DKIM
void view_certificate(View& probe, const Page& from, const evidence::Probe& of);  // TLS
void view_lookups(View& probe, const Page& from, const evidence::Probe& of);      // at our own DNS
void view_reports(View& probe, const evidence::Probe& of);                        // what others reported
void view_sessions(View& probe, const Page& from, const evidence::Probe& of);     // transcripts
void view_answers(View& probe, const evidence::Probe& of);                        // how the target sends
void view_traps(View& probe, const Page& from, const evidence::Probe& of);        // what it enforces when it sends
void view_reflection(View& probe, const evidence::Probe& of);                     // what the other side says
void view_messages(View& probe, const Page& from, const evidence::Probe& of);     // raw bytes

/// A session that somebody opened to us, folded: what `{{>session}}` shows.
View received_view(const evidence::Session& session, std::string_view tone, std::string_view label);
/// A certificate chain from the leaf on: what `{{>chain}}` draws.
Views chain_views(const TlsFacts& tls, Time at);
/// Lines of a transcript.
Views event_views(const std::vector<Event>& events);

}  // namespace mailprobe::reporter
