// Runs that asked for answers at our traps, and what came to them.
#include "evidence/traps.h"
#include "tests/support/documents.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

enum class Way { tls, plain, gone, asked_again };

std::string address_of(std::string_view name) { return "probe+id@trap-" + std::string(name) + ".probe.test"; }

std::vector<Event> dialogue(Way way) {
  using enum Direction;
  std::vector<Event> events{{0, out, "220 trap.probe.test ESMTP mailprobe receiver"}, {1, in, "EHLO mx1.target.test"}};
  if (way != Way::plain) events.push_back({2, in, "STARTTLS"});
  if (way != Way::gone) events.push_back({8, in, "MAIL FROM:<reflector@target.test>"});
  return events;
}

Session session(const Probe& probe, std::string_view name, Way way, int second) {
  Session one;
  one.probe = probe.id;
  one.trap = name;
  one.address = "192.0.2.1";
  one.helo = "mx1.target.test";
  one.started = *probe.sent->at + std::chrono::seconds(second);
  one.duration_ms = 12;
  if (way != Way::plain) {
    auto& tls = one.tls.emplace();
    tls.version = name == trap::tls10_only ? "TLSv1" : "TLSv1.3";
    tls.cipher = name == trap::tls10_only ? "ECDHE-ECDSA-AES256-SHA" : "TLS_AES_256_GCM_SHA384";
    tls.group = "x25519";
  }
  if (way != Way::gone) one.mail_from = "reflector@target.test";
  if (way == Way::tls || way == Way::plain) one.recipients = {address_of(name)};
  one.events = dialogue(way);
  one.end = way == Way::gone ? "closed" : "quit";
  return one;
}

OwnRecord missing(std::string_view name) {
  OwnRecord record;
  record.what = "trap " + std::string(name);
  record.name = "trap-" + std::string(name) + ".probe.test";
  record.type = "AAAA";
  record.wanted = "2001:db8::16";
  record.problem = "is not published";
  return record;
}

bool left_out(std::string_view name) {
  return name == trap::ipv6_only || name == trap::tls10_only || name == trap::tls13_only;
}

}  // namespace

Document trapped() {
  auto document = good_delivery();
  auto& probe = document.probes.front();
  auto& watch = probe.traps.emplace();
  for (const auto& one : trap_cases)
    if (left_out(one.name))
      watch.left_out.push_back(
          {std::string(one.name), "trap-" + std::string(one.name) + ".probe.test is not published"});
    else
      watch.asked.push_back({std::string(one.name), address_of(one.name)});
  watch.waited_ms = 4 * 3'600'000;
  watch.completed = true;
  watch.policy_fetches = {{.time = *probe.sent->at + std::chrono::seconds(1),
                           .address = "192.0.2.1",
                           .name = "mta-sts.trap-sts-wrong.probe.test",
                           .outcome = "served"}};
  document.self.records.push_back(missing(trap::ipv6_only));
  const auto came = [&](std::string_view name, Way way, int second) {
    probe.sessions.push_back(session(probe, name, way, second));
  };
  for (const auto name : {trap::good, trap::dane_right, trap::sts_right, trap::sts_wrong, trap::wrong_name})
    came(name, Way::tls, 2);
  came(trap::no_starttls, Way::plain, 2);
  came(trap::hidden_starttls, Way::plain, 3);
  for (const auto second : {2, 302}) came(trap::dane_wrong, Way::gone, second);
  came(trap::greylist, Way::asked_again, 2);
  came(trap::greylist, Way::tls, 902);
  return document;
}

void taint_traps(Probe& probe, const std::string& text) {
  auto& watch = probe.traps.emplace();
  watch.asked = {{text, text}, {"good", text}, {"dane-wrong", text}, {"tls10-only", text}};
  watch.left_out = {{text, text}, {"bogus", text}};
  watch.policy_fetches = {{.time = {}, .address = text, .name = text, .outcome = text}};
  for (const auto& name : {text, std::string("good")}) {
    auto one = session(probe, name, Way::tls, 1);
    one.address = one.end = text;
    one.helo = one.mail_from = text;
    one.recipients = {text};
    one.tls->version = one.tls->cipher = text;
    for (auto& event : one.events) event.text = text;
    probe.sessions.push_back(std::move(one));
  }
}

}  // namespace mailprobe::test
