#include "reporter/journey.h"

#include <fmt/format.h>

#include "base/text.h"
#include "reporter/answers.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/timeline.h"

namespace mailprobe::reporter {

namespace {

using auth::Hop;
using evidence::Attempt;
using evidence::Probe;

constexpr std::size_t most_hops = 4;  // drawn one by one; what lies between is one station

constexpr std::string_view observed = "observed", claimed = "claimed", not_stated = "not stated";

Station us(const evidence::Self& self, const Attempt* attempt) {
  auto name = self.helo.value_or(attempt != nullptr ? attempt->helo : "");
  const auto address = attempt != nullptr && attempt->local_address ? attempt->local_address : self.address;
  return {"us", "info", name.empty() ? "mailprobe" : std::move(name), address.value_or(""),
          attempt != nullptr ? clock_time(attempt->started) : ""};
}

std::string clock_after(Time time, std::int64_t ms) {
  return clock_time(time + std::chrono::milliseconds(bounded_ms(ms)));
}

std::string end_of(const Attempt& attempt) { return clock_after(attempt.started, attempt.duration_ms); }

/// "TLS_AES_256_GCM_SHA384" without its first word, which the label says.
std::string short_cipher(std::string_view cipher) {
  return std::string(cipher.starts_with("TLS_") ? cipher.substr(4) : cipher);
}

std::string stopped_at(const Attempt& attempt) {
  if (attempt.phase == "connect") return "not connected";
  if (attempt.phase == "starttls") return attempt.starttls_offered ? "STARTTLS failed" : "no STARTTLS offered";
  if (attempt.phase == "tls") return attempt.tls ? "certificate not accepted" : "TLS handshake failed";
  return "ended early";
}

Leg observed_leg(const Attempt& attempt) {
  Leg leg{"secure", {}, std::string(observed), {}, duration(attempt.duration_ms)};
  if (attempt.outcome == Outcome::not_sent) {
    leg.kind = "broken";
    leg.label = stopped_at(attempt);
    leg.detail = attempt.cause ? std::string(cause_phrase(*attempt.cause)) : "";
  } else if (!attempt.tls) {
    leg.kind = "plain";
    leg.label = "plain text";
  } else {
    leg.label = tls_name(attempt.tls->version);
    leg.detail = short_cipher(attempt.tls->cipher);
  }
  return leg;
}

/// RFC 3848: ESMTPS, ESMTPSA, LMTPS and their like were said over TLS.
bool claims_tls(std::string_view protocol) { return protocol.ends_with("PS") || protocol.ends_with("PSA"); }

Leg hop_leg(const Hop& hop) {
  Leg leg{"unknown", "TLS unknown", std::string(not_stated), hop.protocol,
          hop.delay_ms ? "+" + duration(*hop.delay_ms) : ""};
  if (hop.tls) {
    const auto space = hop.tls->find(' ');
    const bool seen = hop.tls_source == auth::TlsSource::observed;
    leg.label = tls_name(std::string_view(*hop.tls).substr(0, space));
    leg.kind = seen ? "secure" : "claimed";
    leg.source = seen ? observed : claimed;
  } else if (hop.protocol.starts_with("LMTP") || hop.protocol.starts_with("local")) {
    leg = {"inside", hop.protocol, std::string(claimed), "within the target", leg.delay};
  } else if (claims_tls(hop.protocol)) {
    leg.kind = "claimed";
    leg.label = "TLS";
    leg.source = claimed;
  }
  return leg;
}

void add(Journey& journey, Leg leg, Station station) {
  journey.legs.push_back(std::move(leg));
  journey.stations.push_back(std::move(station));
}

void add_hops(Journey& journey, const std::vector<Hop>& hops, const Probe& probe) {
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const bool between = hops.size() > most_hops && i >= 2 && i + 1 < hops.size();
    if (between && i > 2) continue;
    if (between) {
      add(journey, {.kind = "unknown", .label = {}, .source = {}, .detail = {}, .delay = {}},
          {"server", "info", fmt::format("{} more hosts", hops.size() - 3), ""});
      continue;
    }
    const bool ours = i == 0 && probe.smtp && !probe.via;
    auto leg = ours ? observed_leg(*probe.smtp) : hop_leg(hops[i]);
    const auto time = hops[i].time ? clock_time(*hops[i].time) : ours ? end_of(*probe.smtp) : "";
    add(journey, std::move(leg),
        {"server", "info", hops[i].by.empty() ? "unnamed host" : hops[i].by, ours ? probe.smtp->address : "", time});
  }
}

/// `delay_ms` counts from the reply to the final dot.
std::string found_at(const Probe& probe) {
  if (!probe.sent || !probe.sent->at) return {};
  return clock_after(*probe.sent->at, probe.mailbox->delay_ms);
}

void add_folder(Journey& journey, const Probe& probe) {
  const auto& copy = *probe.mailbox;
  const bool junk = in_junk(copy);
  add(journey, {"inside", "filed", std::string(observed), "", duration(copy.delay_ms) + " in all"},
      {junk ? "junk" : "mailbox", junk ? "warn" : "pass", copy.folder, junk ? "taken for spam" : "found here",
       found_at(probe)});
}

Station mail_server(const Attempt& attempt) {
  return {"server", attempt.outcome == Outcome::not_sent ? "fail" : "info",
          attempt.host.empty() ? "mail server" : attempt.host, fmt::format("{} port {}", attempt.address, attempt.port),
          end_of(attempt)};
}

std::string reply_text(const Attempt& attempt) {
  if (!attempt.reply) return {};
  return fmt::format("{} {}", attempt.reply->code, attempt.reply->enhanced.value_or(""));
}

Leg unknown_leg(std::string label = {}) { return {"unknown", std::move(label), {}, {}, {}}; }
Leg broken_leg(std::string label, std::string delay = {}) {
  return {"broken", std::move(label), std::string(observed), {}, std::move(delay)};
}

void add_unfound(Journey& journey, const Probe& probe) {
  if (probe.forward) return;  // the way back tells
  if (!probe.watch) return add(journey, unknown_leg(), {"unknown", "mute", "mailbox", "not looked at"});
  if (probe.watch->completed)
    return add(journey, broken_leg("", duration(probe.watch->waited_ms)),
               {"stop", "fail", "not found", "in any folder"});
  add(journey, unknown_leg(), {"unknown", "unsure", "mailbox", "not searched to the end"});
}

/// Where no copy tells: the last session's end.
void add_outcome(Journey& journey, const Probe& probe) {
  const auto& last = *probe.smtp;
  add(journey, observed_leg(last), mail_server(last));
  switch (last.outcome) {
    case Outcome::accepted: return add_unfound(journey, probe);
    case Outcome::unknown:
      return add(journey, unknown_leg("no answer"), {"unknown", "unsure", "mailbox", "possibly delivered"});
    case Outcome::temporary:
      return add(journey, broken_leg("not now"), {"stop", "warn", "not accepted yet", reply_text(last)});
    case Outcome::rejected: return add(journey, broken_leg("refused"), {"stop", "fail", "refused", reply_text(last)});
    case Outcome::not_sent: return;
  }
}

/// Our receiver's own session: what it saw.
Leg received_leg(const evidence::Session& session) {
  if (!session.tls) return {"plain", "plain text", std::string(observed), {}, duration(session.duration_ms)};
  return {"secure", tls_name(session.tls->version), std::string(observed), short_cipher(session.tls->cipher),
          duration(session.duration_ms)};
}

/// "An answer" within a sentence.
std::string with_small_first(std::string text) {
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z')
    text.front() = static_cast<char>(text.front() + ('a' - 'A'));
  return text;
}

void append(std::string& text, std::string_view part) {
  if (!part.empty()) text.append(", ").append(part);
}

}  // namespace

Journey journey(const Probe& probe, const evidence::Self& self, const evidence::Target& target) {
  Journey way;
  way.stations.push_back(us(self, probe.smtp ? &*probe.smtp : nullptr));
  if (probe.mailbox) {
    if (probe.mailbox->hops.empty() && probe.smtp) add(way, observed_leg(*probe.smtp), mail_server(*probe.smtp));
    add_hops(way, probe.mailbox->hops, probe);
    add_folder(way, probe);
  } else if (probe.smtp) {
    add_outcome(way, probe);
  } else {
    add(way, broken_leg("not sent"),
        {"stop", "fail", target.domain.empty() ? "no mail server" : target.domain, "no mail server to connect to"});
  }
  return way;
}

std::optional<Journey> way_back(const Probe& probe, const evidence::Self& self) {
  const auto stories = answer_stories(probe);
  if (stories.empty() || stories.front().reply == nullptr) return std::nullopt;
  const auto& session = stories.front().reply->session;
  Journey way;
  way.title = "And back: " + with_small_first(stories.front().title) +
              (stories.size() > 1 ? fmt::format(", the first of {}", stories.size()) : "");
  const auto name = session.ptr.value_or(session.helo.value_or(""));
  way.stations.push_back(
      {"server", "info", name.empty() ? session.address : name, session.address, clock_time(session.started)});
  auto home = us(self, nullptr);
  home.detail = "our receiver";
  home.time = clock_after(session.started, session.duration_ms);
  add(way, received_leg(session), std::move(home));
  return way;
}

std::vector<std::string> words_of(const Journey& journey) {
  std::vector<std::string> words;
  words.reserve(journey.stations.size());
  for (std::size_t i = 0; i < journey.stations.size(); ++i) {
    const auto& station = journey.stations[i];
    auto text = (i == 0 ? "From " : "to ") + station.name;
    append(text, station.detail);
    append(text, station.time);
    if (i > 0) {
      const auto& leg = journey.legs[i - 1];
      std::string how;
      for (const auto* part : {&leg.label, &leg.source, &leg.detail, &leg.delay}) append(how, *part);
      if (!how.empty()) text += " (" + how.substr(2) + ")";
    }
    words.push_back(std::move(text));
  }
  return words;
}

std::string description(const Journey& journey) {
  std::string text;
  for (const auto& words : words_of(journey)) text += (text.empty() ? "" : "; ") + words;
  return text + ".";
}

std::string_view line_meaning(std::string_view kind) {
  if (kind == "secure") return "encrypted: observed";
  if (kind == "claimed") return "encrypted: claimed by a host in its Received field";
  if (kind == "unknown") return "not known";
  if (kind == "plain") return "not encrypted";
  if (kind == "broken") return "it ended here";
  return kind == "inside" ? "within the target" : "";
}

}  // namespace mailprobe::reporter
