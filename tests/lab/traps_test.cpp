// send --traps against the lab: who obeys what is published, and who does not, by what came to each trap.
#include "evidence/traps.h"

#include "evidence/assess.h"
#include "lab/trap_hosts.h"
#include "receiver/session_log.h"
#include "receiver/spool.h"
#include "tests/lab/sending.h"
#include "tests/support/run.h"
#include "tls/network.h"

namespace mailprobe::lab {
namespace {

namespace trap = evidence::trap;

enum class Came { tls, plain, refused, no };

/// What arrived at the trap: over what, or what its sessions came to.
Came came_to(const std::vector<evidence::Session>& sessions, std::string_view name) {
  auto came = Came::no;
  for (const auto& session : sessions) {
    const bool ours = !session.helo && !session.tls && !session.tls_alert;  // the look at the door, before the run
    if (session.trap != name || ours) continue;
    if (!session.recipients.empty()) return session.tls ? Came::tls : Came::plain;
    came = Came::refused;
  }
  return came;
}

std::string_view words(Came came) {
  switch (came) {
    case Came::tls: return "tls";
    case Came::plain: return "plain";
    case Came::refused: return "refused";
    case Came::no: break;
  }
  return "no";
}

struct Expected {
  std::string_view trap;
  Came came;
};
struct Judged {
  std::string_view check, verdict;
};
struct Row {
  const char* name;
  const char* to;
  std::vector<Expected> traps;
  std::vector<Judged> checks;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

const Row rows[] = {
    {"obedient",
     "obedient@target.test",
     {{trap::good, Came::tls},
      {trap::no_starttls, Came::refused},
      {trap::wrong_name, Came::tls},
      {trap::dane_right, Came::tls},
      {trap::dane_wrong, Came::refused},
      {trap::sts_right, Came::tls},
      {trap::sts_wrong, Came::refused},
      {trap::hidden_starttls, Came::tls},
      {trap::greylist, Came::tls},
      {trap::ipv6_only, Came::tls},
      {trap::bogus, Came::no},
      {trap::tls10_only, Came::refused},
      {trap::tls13_only, Came::tls}},
     {{"outbound.dane-enforced", "pass"},
      {"outbound.mta-sts-enforced", "pass"},
      {"outbound.dnssec-validates", "pass"},
      {"outbound.downgrade", "pass"},
      {"outbound.greylist-retry", "pass"}}},
    {"opportunistic",
     "opportunistic@target.test",
     {{trap::good, Came::tls},
      {trap::no_starttls, Came::plain},
      {trap::wrong_name, Came::tls},
      {trap::dane_right, Came::tls},
      {trap::dane_wrong, Came::tls},
      {trap::sts_right, Came::tls},
      {trap::sts_wrong, Came::tls},
      {trap::hidden_starttls, Came::plain},
      {trap::greylist, Came::refused},
      {trap::ipv6_only, Came::tls},
      {trap::bogus, Came::tls},
      {trap::tls10_only, Came::plain},
      {trap::tls13_only, Came::tls}},
     {{"outbound.dane-enforced", "warn"},
      {"outbound.mta-sts-enforced", "warn"},
      {"outbound.dnssec-validates", "warn"},
      {"outbound.downgrade", "warn"},
      {"outbound.greylist-retry", "fail"}}},
};

Task<bool> can_listen_on(IpAddress address) {
  const auto listener = co_await tls::Listener::open(address, 0);
  co_return listener.has_value();
}

/// Not every machine has IPv6.
std::vector<Expected> expected_here(std::vector<Expected> traps) {
  const bool ipv6 = test::run(can_listen_on(ipv6_loopback));
  if (!ipv6) std::erase_if(traps, [](const Expected& one) { return one.trap == trap::ipv6_only; });
  return traps;
}

class LabTraps : public Send, public testing::WithParamInterface<Row> {
 protected:
  [[nodiscard]] bool all_came() const {
    const auto sessions =
        receiver::sessions_since(receiver::Folder::beside(folder_.path() / "runs").sessions(), Time{});
    return std::ranges::all_of(expected_, [&](const Expected& one) { return came_to(sessions, one.trap) == one.came; });
  }

  /// The whole of trap_wait passes when all has come that is to come: how long that takes is the machine's affair.
  void hurry(probe::Network& network) {
    network.pause = [this](std::chrono::milliseconds) -> Task<void> { return look_soon_again(this); };
    network.steady = [this] { return std::chrono::steady_clock::now() + skipped_; };
  }

  static Task<void> look_soon_again(LabTraps* test) {
    co_await tls::pause(std::chrono::milliseconds(50));
    if (test->all_came()) test->skipped_ = trap_wait;
  }

  /// Is in the evidence, and in the spool no more.
  void expect_mail_of(const evidence::Probe& probe) const {
    const auto spool = receiver::Spool::share(receiver::Folder::beside(folder_.path() / "runs").spool());
    ASSERT_TRUE(spool);
    EXPECT_THAT(spool->names(), testing::IsEmpty());
    for (const auto& [name, came] : expected_) {
      const auto at_it = [&](const evidence::Reply& reply) { return reply.session.trap == name; };
      const auto* const wanted = came == Came::tls || came == Came::plain ? "mail" : "none";
      EXPECT_STREQ(std::ranges::any_of(probe.replies, at_it) ? "mail" : "none", wanted) << name;
    }
  }

  static constexpr std::chrono::milliseconds trap_wait = std::chrono::minutes(5);
  std::chrono::milliseconds skipped_{0};
  const std::vector<Expected> expected_ = expected_here(GetParam().traps);
};

TEST_P(LabTraps, TellWhoObeysWhat) {
  const auto document = send(Trial{.to = GetParam().to,
                                   .change =
                                       [](auto& settings, auto& options) {
                                         options.traps = true;
                                         settings.mailboxes.clear();
                                         settings.limits.trap_wait = trap_wait;
                                       },
                                   .traps = true,
                                   .network = [this](probe::Network& network) { hurry(network); }});
  const auto& probe = document.probes.front();
  ASSERT_TRUE(probe.traps);
  EXPECT_EQ(probe.traps->asked.size(), expected_.size()) << "none is left out";
  EXPECT_TRUE(probe.traps->completed);
  for (const auto& [name, came] : expected_) EXPECT_EQ(words(came_to(probe.sessions, name)), words(came)) << name;
  expect_mail_of(probe);
  for (const auto& [check, verdict] : GetParam().checks) {
    const auto found = std::ranges::find(document.findings, check, &evidence::Finding::check);
    ASSERT_NE(found, document.findings.end()) << check;
    EXPECT_EQ(word(found->verdict), verdict) << check << ": " << found->summary;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, LabTraps, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace mailprobe::lab
