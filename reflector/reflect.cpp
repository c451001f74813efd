#include <algorithm>

#include "auth/header_block.h"
#include "evidence/json.h"
#include "evidence/reflection.h"
#include "probe/version.h"
#include "reflector/answer.h"

namespace mailprobe::reflector {

namespace {

constexpr std::size_t max_events = 60;   // a session with one message has some 25
constexpr std::size_t max_text = 500;    // of an event, and of what else the probe's sender words
constexpr std::size_t max_dkim = 20;     // auth/limits.h verifies fewer
constexpr std::size_t max_arc = 50;      // RFC 8617 §4.2.1
constexpr std::size_t max_results = 20;  // of one ARC set

void cut(std::string& text) {
  if (text.size() > max_text) text.resize(max_text);
}

template <class T>
void cut(std::vector<T>& list, std::size_t most) {
  if (list.size() > most) list.resize(most);
}

void cut(evidence::Session& session) {
  cut(session.events, max_events);
  for (auto& event : session.events) cut(event.text);
  session.recipients.clear();  // others than the one who is answered may be among them
}

void cut(evidence::Reflection& seen) {
  cut(seen.session);
  cut(seen.dkim, max_dkim);
  for (auto& dkim : seen.dkim) {
    dkim.mutation.clear();  // known only with the bytes sent, which the prober has
    cut(dkim.reason);
  }
  cut(seen.dmarc.reason);
  if (!seen.arc) return;
  cut(seen.arc->reason);
  cut(seen.arc->instances, max_arc);
  for (auto& instance : seen.arc->instances) cut(instance.results, max_results);
}

/// What a hostile header can make long goes first.
void fit(evidence::Reflection& seen) {
  const auto fits = [&] { return evidence::to_json(seen).size() <= evidence::max_reflection; };
  if (fits()) return;
  if (seen.arc) seen.arc->instances.clear();
  if (fits()) return;
  seen.session.events.clear();
  if (seen.session.tls) seen.session.tls->certificates.clear();
  if (fits()) return;
  seen.dkim.clear();
  seen.dmarc.rua.reset();
  seen.dmarc.ruf.reset();
}

}  // namespace

evidence::Reflection reflect(const Arrival& arrival, const std::string& probe, const std::string& host) {
  evidence::Reflection seen;
  seen.schema = evidence::reflection_schema;
  seen.version = probe::version;
  seen.host = host;
  seen.received = arrival.received;
  seen.session = arrival.session;
  seen.session.probe = probe;
  seen.spf = arrival.spf;
  seen.dkim = arrival.dkim;
  seen.dmarc = arrival.dmarc;
  seen.arc = arrival.arc;
  cut(seen);
  fit(seen);
  return seen;
}

std::string_view reflected_header(std::string_view raw) {
  const auto end = raw.starts_with("\r\n") ? 0 : raw.find("\r\n\r\n");
  auto header = raw.substr(0, end == 0 ? 0 : end == std::string_view::npos ? raw.size() : end + 2);
  if (header.size() <= evidence::max_reflected_headers) return header;
  header = header.substr(0, evidence::max_reflected_headers);
  const auto line = header.rfind("\r\n");
  return header.substr(0, line == std::string_view::npos ? header.size() : line + 2);
}

std::string message_id_of(std::string_view raw) {
  constexpr std::size_t max_id = 250;
  const auto message = auth::split_message(raw);
  const auto* field = message.first("Message-ID");
  if (field == nullptr) return {};
  auto id = auth::unfold(field->value);
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  const bool good = id.size() <= max_id && id.size() > 4 && id.starts_with('<') && id.ends_with('>') &&
                    std::ranges::all_of(id, printable) && std::ranges::count(id, '<') == 1 &&
                    std::ranges::count(id, '>') == 1 && std::ranges::count(id, '@') == 1;
  return good ? id : std::string();
}

}  // namespace mailprobe::reflector
