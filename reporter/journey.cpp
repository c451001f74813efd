#include "reporter/journey.h"

#include <fmt/format.h>

#include "reporter/headline.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using auth::Hop;
using evidence::Attempt;
using evidence::MailboxCopy;
using evidence::Probe;

constexpr std::size_t most_hops = 4;  // drawn one by one; what lies between is one station

Station us(const evidence::Self& self, const Attempt* attempt) {
  auto name = self.helo.value_or(attempt != nullptr ? attempt->helo : "");
  const auto address = attempt != nullptr && attempt->local_address ? attempt->local_address : self.address;
  return {"us", "info", name.empty() ? "mailprobe" : std::move(name), address.value_or("")};
}

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
  const auto took = duration(attempt.duration_ms);
  if (attempt.outcome == Outcome::not_sent)
    return {"broken", stopped_at(attempt), attempt.cause ? std::string(cause_phrase(*attempt.cause)) : "", took};
  if (!attempt.tls) return {"plain", "plain text", "not encrypted", took};
  return {"secure", tls_name(attempt.tls->version), short_cipher(attempt.tls->cipher), took};
}

Leg hop_leg(const Hop& hop) {
  Leg leg{"unknown", "encryption unknown", hop.protocol, hop.delay_ms ? "+" + duration(*hop.delay_ms) : ""};
  if (hop.tls) {
    const auto space = hop.tls->find(' ');
    leg.label = tls_name(std::string_view(*hop.tls).substr(0, space));
    leg.kind = hop.tls_source == auth::TlsSource::observed ? "secure" : "claimed";
    leg.detail = hop.protocol + (hop.tls_source == auth::TlsSource::claimed ? ", by its own account" : "");
  } else if (hop.protocol.starts_with("LMTP") || hop.protocol.starts_with("local")) {
    leg = {"inside", hop.protocol, "within the target", leg.delay};
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
      add(journey, {"unknown", "", "", ""}, {"server", "info", fmt::format("{} more hosts", hops.size() - 3), ""});
      continue;
    }
    const bool ours = i == 0 && probe.smtp && !probe.via;
    auto leg = ours ? observed_leg(*probe.smtp) : hop_leg(hops[i]);
    const auto detail = ours ? probe.smtp->address : hops[i].time ? clock_time(*hops[i].time) : "";
    add(journey, std::move(leg), {"server", "info", hops[i].by.empty() ? "unnamed host" : hops[i].by, detail});
  }
}

void add_folder(Journey& journey, const MailboxCopy& copy) {
  const bool junk = in_junk(copy);
  add(journey, {"inside", "filed", "", duration(copy.delay_ms) + " in all"},
      {junk ? "junk" : "mailbox", junk ? "warn" : "pass", copy.folder, junk ? "taken for spam" : "found here"});
}

Station mail_server(const Attempt& attempt) {
  return {"server", attempt.outcome == Outcome::not_sent ? "fail" : "info",
          attempt.host.empty() ? "mail server" : attempt.host,
          fmt::format("{} port {}", attempt.address, attempt.port)};
}

std::string reply_text(const Attempt& attempt) {
  if (!attempt.reply) return {};
  return fmt::format("{} {}", attempt.reply->code, attempt.reply->enhanced.value_or(""));
}

void add_unfound(Journey& journey, const Probe& probe) {
  const Leg leg{"unknown", "", "", ""};
  if (!probe.watch) return add(journey, leg, {"unknown", "mute", "mailbox", "not looked at"});
  if (probe.watch->completed)
    return add(journey, {"broken", "", "", duration(probe.watch->waited_ms)},
               {"stop", "fail", "not found", "in any folder"});
  add(journey, leg, {"unknown", "unsure", "mailbox", "not searched to the end"});
}

/// Where no copy tells: the last session's end.
void add_outcome(Journey& journey, const Probe& probe) {
  const auto& last = *probe.smtp;
  add(journey, observed_leg(last), mail_server(last));
  switch (last.outcome) {
    case Outcome::accepted: return add_unfound(journey, probe);
    case Outcome::unknown:
      return add(journey, {"unknown", "no answer", "", ""}, {"unknown", "unsure", "mailbox", "possibly delivered"});
    case Outcome::temporary:
      return add(journey, {"broken", "not now", "", ""}, {"stop", "warn", "not accepted yet", reply_text(last)});
    case Outcome::rejected:
      return add(journey, {"broken", "refused", "", ""}, {"stop", "fail", "refused", reply_text(last)});
    case Outcome::not_sent: return;
  }
}

}  // namespace

Journey journey(const Probe& probe, const evidence::Self& self, const evidence::Target& target) {
  Journey way;
  way.stations.push_back(us(self, probe.smtp ? &*probe.smtp : nullptr));
  if (probe.mailbox) {
    if (probe.mailbox->hops.empty() && probe.smtp) add(way, observed_leg(*probe.smtp), mail_server(*probe.smtp));
    add_hops(way, probe.mailbox->hops, probe);
    add_folder(way, *probe.mailbox);
  } else if (probe.smtp) {
    add_outcome(way, probe);
  } else {
    add(way, {"broken", "not sent", "", ""},
        {"stop", "fail", target.domain.empty() ? "no mail server" : target.domain, "no mail server to connect to"});
  }
  return way;
}

std::string description(const Journey& journey) {
  std::string text = "From " + journey.stations.front().name;
  for (std::size_t i = 0; i < journey.legs.size(); ++i) {
    const auto& station = journey.stations[i + 1];
    text += " to " + station.name;
    if (!station.detail.empty()) text += ", " + station.detail;
    if (!journey.legs[i].label.empty()) text += " (" + journey.legs[i].label + ")";
    text += i + 1 < journey.legs.size() ? ";" : ".";
  }
  return text;
}

}  // namespace mailprobe::reporter
