// Our own DNS as a witness of a whole send: what the lab's target looks up is seen, what we look up is not.
#include "evidence/assess.h"
#include "lab/zones.h"
#include "tests/lab/sending.h"

namespace mailprobe::lab {
namespace {

const evidence::DnsQuery* question(const evidence::Probe& probe, std::string_view use, std::string_view end) {
  const auto found = std::ranges::find_if(
      probe.dns, [&](const evidence::DnsQuery& query) { return query.use == use && query.name.ends_with(end); });
  return found == probe.dns.end() ? nullptr : &*found;
}

TEST_F(Send, TheTargetsLookUpsAreSeen) {
  const auto document = send(Trial{.dns_witness = true});
  const auto& probe = document.probes.at(0);
  ASSERT_TRUE(probe.dns_witness);
  EXPECT_EQ(probe.dns_witness->domain, probe.id + ".w.probe.test");
  EXPECT_TRUE(probe.dns_witness->spf);
  const auto* spf = question(probe, "spf", probe.dns_witness->domain);
  ASSERT_NE(spf, nullptr);
  EXPECT_EQ(spf->seen, "127.53.0.2") << "the macro brings the client that is judged";
  ASSERT_NE(question(probe, "dkim", "._domainkey." + probe.dns_witness->domain), nullptr);
  ASSERT_NE(question(probe, "dmarc", "_dmarc." + std::string(probe_domain)), nullptr);
  for (const auto& query : probe.dns) {
    EXPECT_EQ(query.from, resolver_address.text()) << "our own look-ups are not the target's: " << query.name;
    EXPECT_GE(query.t_ms, 0);
  }
}

TEST_F(Send, TheSignatureThatOnlyThisProbeHasVerifiesAndIsAligned) {
  const auto document = send(Trial{.dns_witness = true});
  const auto& probe = document.probes.at(0);
  ASSERT_TRUE(probe.mailbox && probe.dns_witness);
  ASSERT_EQ(probe.mailbox->dkim.size(), 5U);
  const auto& last = probe.mailbox->dkim.back();
  EXPECT_EQ(last.domain, probe.dns_witness->domain);
  EXPECT_EQ(last.selector, "probe");
  EXPECT_EQ(word(last.result), "pass") << last.reason;
  EXPECT_EQ(word(probe.mailbox->spf->result), "pass") << "exists: never matches";
  EXPECT_EQ(probe.mailbox->dmarc.result, auth::DmarcOutcome::pass);
}

TEST_F(Send, WhatWasLookedUpIsGraded) {
  const auto document = send(Trial{.dns_witness = true});
  for (const auto* check : {"inbound.spf-evaluated", "inbound.dkim-evaluated", "inbound.dmarc-evaluated"}) {
    const auto finding = std::ranges::find(document.findings, check, &evidence::Finding::check);
    ASSERT_NE(finding, document.findings.end());
    EXPECT_EQ(word(finding->verdict), "pass") << finding->summary;
    EXPECT_EQ(finding->grade, evidence::Grade::recorded);
    EXPECT_NE(finding->summary.find("was looked up by 127.53.0.5"), std::string::npos) << finding->summary;
  }
}

TEST_F(Send, OurOwnQuestionsBoundTheLog) {
  const auto document = send(Trial{.dns_witness = true});
  const auto& witness = *document.probes.at(0).dns_witness;
  EXPECT_FALSE(witness.problem) << *witness.problem;
  ASSERT_TRUE(witness.control);
  EXPECT_TRUE(witness.control->ends_with(".w.probe.test"));
  ASSERT_EQ(witness.our_resolvers.size(), 1U);
  EXPECT_NE(witness.our_resolvers[0], resolver_address.text());
}

class NoWitness : public Send {
 protected:
  /// What a run says of a witness whose log is that file, and what stands in its evidence.
  std::string said_of(const std::string& log) {
    std::string said;
    probe::Progress progress;
    progress.step = [&](const std::string& line) { said += line + "\n"; };
    const auto document =
        send(Trial{.change = [&](auto& settings, auto&) { settings.receiver.dns.log = log; }, .progress = progress});
    const auto& probe = document.probes.at(0);
    EXPECT_TRUE(probe.dns.empty());
    EXPECT_TRUE(probe.mailbox && probe.dns_witness && probe.dns_witness->domain.empty());
    const auto finding = std::ranges::find(document.findings, "inbound.dkim-evaluated", &evidence::Finding::check);
    EXPECT_EQ(word(finding->verdict), "pass") << finding->summary;  // the target recorded it
    return said + (probe.dns_witness ? probe.dns_witness->problem.value_or("") : "");
  }
};

TEST_F(NoWitness, IsOneThatIsNotDelegated) {
  const auto said = said_of("/dev/null");
  EXPECT_NE(said.find("no witness of this run: w.probe.test is not delegated"), std::string::npos) << said;
}

TEST_F(NoWitness, IsOneWhoseLogCannotBeRead) {
  EXPECT_NE(said_of("/nowhere").find("no witness of this run: "), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::lab
