// Why something is not there: our DNS did not see a question, nobody came to us.
#include "scenarios/absence.h"

#include <gtest/gtest.h>

#include "evidence/secrecy.h"
#include "tests/scenarios/judged.h"
#include "tests/support/documents.h"

namespace mailprobe::scenarios {
namespace {

Absence absence(const evidence::Probe& probe, const char* root) {
  Step step;
  step.name = root;
  return absence_of(probe, {step}, false);
}

Absence of_dns(const evidence::Probe& probe) { return absence(probe, "dns"); }

TEST(AbsenceOfQuestions, IsAnAnswerOnlyWhereAllThatWasAskedIsKnown) {
  evidence::Probe probe;
  EXPECT_FALSE(of_dns(probe).determined) << "our DNS is no witness";
  auto& witness = probe.dns_witness.emplace();
  EXPECT_TRUE(of_dns(probe).determined);
  witness.dropped = 1;
  EXPECT_FALSE(of_dns(probe).determined);
  EXPECT_EQ(of_dns(probe).cause, Cause::own_limit);
  witness.problem = "dns.jsonl cannot be read";
  witness.cause = Cause::dns_failure;
  EXPECT_NE(of_dns(probe).found.find("dns.jsonl cannot be read"), std::string::npos);
  EXPECT_EQ(of_dns(probe).cause, Cause::dns_failure);
}

TEST(AbsenceOfSessions, IsNoAnswerOfTheTarget) {
  evidence::Probe probe;
  for (const auto* root : {"sessions", "replies", "reply", "reflection"}) {
    probe = {};
    EXPECT_EQ(absence(probe, root).found, "nothing was sent") << root;
    probe.smtp.emplace().outcome = Outcome::accepted;
    EXPECT_EQ(absence(probe, root).found, "no answer was asked for") << root;
    auto& watch = probe.reply_watch.emplace();
    watch.wanted = true;
    watch.error = "the receiver ended";
    EXPECT_EQ(absence(probe, root).found, "the receiver ended") << root;
    watch.completed = true;
    watch.cause = Cause::own_limit;
    EXPECT_EQ(absence(probe, root).found, "the receiver ended") << root;
    EXPECT_EQ(absence(probe, root).cause, Cause::own_limit) << root;
    watch.error.reset();
    watch.cause.reset();
    EXPECT_EQ(absence(probe, root).cause, Cause::timed_out) << root;
    EXPECT_FALSE(absence(probe, root).determined) << root;
  }
  probe.reply.emplace();
  EXPECT_TRUE(absence(probe, "reflection").determined) << "it was no reflector that answered";
}

/// A copy, or what is forwarded, that did not come by our own receiver's doing: by a bounce to it, or to the mailbox.
TEST(AbsenceOfWhatWasReturned, IsAnAnswerUnlessOurReceiverRefusedIt) {
  for (const bool to_mailbox : {false, true}) {
    auto probe = test::timed_out().probes.front();
    probe.reply_watch.emplace().forward = true;
    evidence::DeliveryStatus status{.recipient = probe.to, .action = "failed", .status = "5.1.1"};
    const auto returned_with = [&](const evidence::DeliveryStatus& told) {
      probe.replies.clear();
      probe.watch->answers.clear();
      if (to_mailbox) {
        probe.watch->answers.push_back({"bounce", "INBOX", {}, {told}});
      } else {
        auto& reply = probe.replies.emplace_back();
        reply.kind = evidence::AnswerKind::bounce;
        reply.statuses = {told};
      }
    };
    for (const auto* root : {"mailbox", "forward"}) {
      returned_with(status);
      EXPECT_TRUE(absence(probe, root).determined) << root;
      EXPECT_EQ(absence(probe, root).found, "a bounce came") << root;
      auto ours = status;
      ours.recipient = probe.from;
      returned_with(ours);
      EXPECT_FALSE(absence(probe, root).determined) << root;
      EXPECT_EQ(absence(probe, root).cause, Cause::own_limit) << root;
      EXPECT_EQ(absence(probe, root).found, "our receiver did not take it: \"5.1.1\"") << root;
    }
  }
}

/// The diff of a change, say: what it was compared with is no answer of the target's.
TEST(WhatASecretLeavesOut, IsNotKnown) {
  auto document = test::footer_delivery();
  auto& probe = document.probes.front();
  probe.secret = true;
  probe.mailbox->filter = {"X-Spam-Report: short"};
  evidence::leave_out_message(probe);
  for (const auto* text : {"dkim[r1].mutation.diff contains footer", "dkim[r1].mutation.diff != footer",
                           "not(dkim[r1].mutation.diff matches foot*)"}) {
    const auto made = judged(document, text);
    EXPECT_EQ(made.verdict, evidence::Verdict::inconclusive) << text;
    EXPECT_EQ(made.found, evidence::not_shown) << text;
  }
  EXPECT_EQ(judged(document, "dkim[r1].mutation.diff exists").verdict, evidence::Verdict::pass);
  EXPECT_EQ(judged(document, "dkim[r1].mutation.kind == footer-appended").verdict, evidence::Verdict::pass);
  EXPECT_EQ(judged(document, "mailbox.filter contains short").verdict, evidence::Verdict::pass);
}

}  // namespace
}  // namespace mailprobe::scenarios
