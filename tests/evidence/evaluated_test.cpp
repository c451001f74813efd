// That the target evaluated: each witness alone, all together, and what absence proves.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

const std::string token_domain = "abcdefghijklmnopqrstuvwxyz.w.probe.test";

DnsQuery asked(std::string use, std::string name, std::optional<std::string> seen = {}) {
  return {.t_ms = 40,
          .name = std::move(name) + "." + token_domain,
          .type = "TXT",
          .from = "198.51.100.53",
          .use = std::move(use),
          .seen = std::move(seen)};
}

/// Our DNS was there, and SPF leads to it.
void give_witness(Document& d) {
  d.self.address = "192.0.2.10";
  d.probes[0].dns_witness = DnsWitness{.zone = "w.probe.test", .domain = token_domain, .spf = true};
}

void ask_all(Document& d) {
  give_witness(d);
  d.probes[0].dns = {asked("spf", "192.0.2.10.in-addr._spf", "192.0.2.10"), asked("dkim", "probe._domainkey"),
                     asked("dmarc", "_dmarc")};
}

void forget_results(Document& d) {
  if (d.probes[0].mailbox) d.probes[0].mailbox->authentication_results.clear();
}

Report report_of(std::string spf, std::optional<auth::DmarcOutcome> vouched = auth::DmarcOutcome::pass) {
  Report report;
  report.kind = "dmarc";
  report.organization = "Example Inc.";
  report.mail = ReportMail{
      .from = "reports@example.net", .dmarc = vouched, .signed_by = {}, .vouched = vouched == auth::DmarcOutcome::pass};
  ReportRow row;
  row.count = 1;
  row.results = {{.method = "spf", .result = spf, .reason = {}, .properties = {}}};
  row.spf = std::move(spf);
  report.rows.push_back(std::move(row));
  return report;
}

/// A negative probe, and beside it the control that arrived.
Document negative() {
  auto document = test::good_delivery();
  auto twin = document.probes[0];
  twin.name = "broken";
  twin.fault = "dkim-body-hash";
  document.probes[0].control_of = "broken";
  document.probes.insert(document.probes.begin(), twin);
  return document;
}

/// Not taken: with what, and after which command.
void refuse(Document& document, ReplyFacts reply = {550, "5.7.1", "no"}, std::string phase = "dot") {
  auto& probe = document.probes[0];
  probe.mailbox.reset();
  probe.smtp->outcome = Outcome::rejected;
  probe.smtp->reply = std::move(reply);
  probe.smtp->phase = std::move(phase);
}

const Finding& of(const Document& document, const std::string& check, std::vector<Finding>& keep) {
  keep = assess(document, embedded);
  return *std::ranges::find(keep, "inbound." + check + "-evaluated", &Finding::check);
}

struct Case {
  const char* name;
  void (*change)(Document&);
  const char* check;
  Verdict verdict;
  std::optional<Grade> grade;
  const char* says;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

using enum Verdict;

const std::vector<Case> cases{
    {"recorded", [](Document&) {}, "spf", pass, Grade::recorded, "recorded spf=pass"},
    {"looked_up", [](Document& d) { ask_all(d), forget_results(d); }, "spf", pass, Grade::looked_up,
     "SPF was looked up by 198.51.100.53"},
    {"record_alone_looked_up",  // for whatever it was: the probe's own name was not asked for
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns = {asked("spf", "x")};
       d.probes[0].dns[0].name = "probe.test";
     },
     "spf", warn, std::nullopt, "nobody had looked up"},
    {"key_looked_up", [](Document& d) { ask_all(d), forget_results(d); }, "dkim", pass, Grade::looked_up, "DKIM"},
    {"policy_looked_up", [](Document& d) { ask_all(d), forget_results(d); }, "dmarc", pass, Grade::looked_up, "DMARC"},
    {"both", ask_all, "dkim", pass, Grade::recorded, "recorded dkim=pass; DKIM was looked up by"},
    {"on_the_way_is_nothing",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns = {asked("", "_domainkey")};
       d.probes[0].dns[0].use.reset();
     },
     "dkim", warn, std::nullopt, "nobody had looked up"},
    {"delivered_and_never_asked_for", [](Document& d) { give_witness(d), forget_results(d); }, "dkim", warn,
     std::nullopt, "nobody had looked up"},
    {"log_not_read",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns_witness->problem = "dns.jsonl cannot be read";
       d.probes[0].dns_witness->cause = Cause::own_limit;
     },
     "dkim", inconclusive, std::nullopt, "is not known: dns.jsonl cannot be read"},
    {"asked_too_much_at_once",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns_witness->dropped = 3;
     },
     "dkim", inconclusive, std::nullopt, "our DNS left 3 questions over its rate limit unanswered"},
    {"asked_too_much_at_once_for_spf",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns_witness->dropped = 1;
     },
     "spf", inconclusive, std::nullopt, "our DNS left 1 question over its rate limit unanswered"},
    {"asked_too_much_at_once_but_seen",
     [](Document& d) {
       ask_all(d), forget_results(d);
       d.probes[0].dns_witness->dropped = 3;
     },
     "dkim", pass, Grade::looked_up, "was looked up by"},
    {"log_not_read_but_asked",
     [](Document& d) {
       ask_all(d), forget_results(d);
       d.probes[0].dns_witness->problem = "it is not whole";
     },
     "dkim", pass, Grade::looked_up, "was looked up by"},
    {"log_not_read_and_no_copy",
     [](Document& d) {
       d = test::unwatched(), give_witness(d);
       d.probes[0].dns_witness->problem = "it is not whole";
     },
     "spf", inconclusive, std::nullopt, "is not known: it is not whole"},
    {"witness_was_given_no_names",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns_witness->domain.clear();
       d.probes[0].dns_witness->problem = "w.probe.test is not delegated";
     },
     "dkim", inconclusive, std::nullopt, "is not known: w.probe.test is not delegated"},
    {"client_subnet_is_nobody_that_asked",
     [](Document& d) {
       ask_all(d), forget_results(d);
       for (auto& query : d.probes[0].dns) query.client_subnet = "203.0.113.0/24";
     },
     "spf", pass, Grade::looked_up, "SPF was looked up by 198.51.100.53"},
    {"spf_does_not_lead_there",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns_witness->spf = false;
     },
     "spf", inconclusive, std::nullopt, "no other witness"},
    {"dmarc_may_be_cached", [](Document& d) { give_witness(d), forget_results(d); }, "dmarc", inconclusive,
     std::nullopt, "no other witness"},
    {"another_client",
     [](Document& d) {
       give_witness(d), forget_results(d);
       d.probes[0].dns = {asked("spf", "203.0.113.9.in-addr._spf", "203.0.113.9")};
     },
     "spf", inconclusive, std::nullopt, "host further on"},
    {"behind_nat",
     [](Document& d) {
       ask_all(d), forget_results(d);
       d.self.address = "10.1.2.3";
     },
     "spf", pass, Grade::looked_up, "was looked up by"},
    {"no_copy_yet", [](Document& d) { d = test::unwatched(), give_witness(d); }, "dkim", inconclusive, std::nullopt,
     "until now"},
    {"no_copy_but_asked", [](Document& d) { d = test::unwatched(), ask_all(d); }, "dkim", pass, Grade::looked_up,
     "was looked up by"},
    {"no_witness_at_all", [](Document& d) { d = test::unwatched(); }, "dkim", not_tested, std::nullopt, "no delivered"},
    {"through_a_relay", [](Document& d) { d = test::via_relay(), ask_all(d); }, "dkim", not_tested, std::nullopt,
     "submission server"},
    {"refused_for_it",
     [](Document& d) {
       d = test::rejected();
       d.probes[0].smtp->reply->enhanced = "5.7.23";
     },
     "spf", pass, Grade::evaluated, "refuses the message for it (5.7.23)"},
    {"refused_for_something_else", [](Document& d) { d = test::rejected(); }, "spf", not_tested, std::nullopt, ""},
    {"reported",
     [](Document& d) {
       forget_results(d);
       d.probes[0].reports = {report_of("pass")};
     },
     "spf", pass, Grade::evaluated, "The report of Example Inc. says spf=pass"},
    {"reported_by_a_forger",
     [](Document& d) {
       forget_results(d);
       d.probes[0].reports = {report_of("pass", auth::DmarcOutcome::fail)};
     },
     "spf", inconclusive, std::nullopt, "no other witness"},
    {"dmarc_reported",
     [](Document& d) {
       forget_results(d);
       d.probes[0].reports = {report_of("fail")};
     },
     "dmarc", pass, Grade::evaluated, "says dmarc=fail"},
    {"enforced",
     [](Document& d) {
       d = negative();
       refuse(d);
     },
     "dkim", pass, Grade::enforced, "was refused, its control arrived"},
    {"enforced_as_junk",
     [](Document& d) {
       d = negative();
       d.probes[0].mailbox->special_use = "\\Junk";
     },
     "dkim", pass, Grade::enforced, "junk"},
    {"junk_as_its_control",
     [](Document& d) {
       d = negative();
       for (auto& probe : d.probes) probe.mailbox->folder = "Junk", probe.mailbox->special_use = "\\Junk";
       for (auto& field : d.probes[0].mailbox->authentication_results)
         for (auto& result : field.results) result.result = "fail";
     },
     "dkim", pass, Grade::recorded, "as its control did, so that the folder tells nothing"},
    {"refused_beside_a_control_in_the_junk",
     [](Document& d) {
       d = negative();
       refuse(d);
       d.probes[1].mailbox->folder = "Junk";
       d.probes[1].mailbox->special_use = "\\Junk";
     },
     "dkim", pass, Grade::enforced, "was refused, its control arrived"},
    {"recorded_as_wrong",
     [](Document& d) {
       d = negative();
       for (auto& field : d.probes[0].mailbox->authentication_results)
         for (auto& result : field.results) result.result = "fail";
     },
     "dkim", pass, Grade::recorded, "recorded dkim=fail"},
    {"recorded_as_right", [](Document& d) { d = negative(); }, "dkim", fail, std::nullopt,
     "recorded dkim=pass for a message with \"dkim-body-hash\""},
    {"recorded_as_right_of_another_signature",  // of a gateway that signs, above what it says of ours
     [](Document& d) {
       d = negative();
       auto& results = d.probes[0].mailbox->authentication_results.at(0).results;
       results.at(1).result = "fail";
       results.insert(results.begin(), {"dkim", "pass", "", {{"header.d", "gateway.test"}, {"header.s", "gw"}}});
     },
     "dkim", pass, Grade::recorded, "recorded dkim=fail"},
    {"recorded_of_another_signature_alone",
     [](Document& d) {
       auto& results = d.probes[0].mailbox->authentication_results.at(0).results;
       results = {{"dkim", "pass", "", {{"header.i", "@gateway.test"}}}};
     },
     "dkim", inconclusive, std::nullopt, "recorded results of others only for dkim"},
    {"recorded_without_a_word",
     [](Document& d) {
       d = negative();
       for (auto& field : d.probes[0].mailbox->authentication_results)
         for (auto& result : field.results) result.result = "";
     },
     "dkim", pass, Grade::recorded, "recorded dkim without a result"},
    {"expired_and_taken_for_right",
     [](Document& d) {
       d = negative();
       d.probes[0].fault = "dkim-expired";
     },
     "dkim", warn, Grade::recorded, "RFC 6376 §3.5 leaves that to the receiver"},
    {"two_authors_taken_for_right",
     [](Document& d) {
       d = negative();
       d.probes[0].fault = "dmarc-from-twice";
     },
     "dmarc", warn, Grade::recorded, "dmarc=pass for a message with \"dmarc-from-twice\": RFC 9989 §5.3.1 leaves"},
    {"taken_for_right_from_loopback",
     [](Document& d) {
       d = negative();
       d.probes[0].fault = "spf-fail";
       d.probes[0].attempts.at(0).local_address = "127.0.0.2";
     },
     "spf", inconclusive, std::nullopt,
     "recorded spf=pass for a message with \"spf-fail\", which came from a loopback"},
    {"refused_for_its_format",
     [](Document& d) {
       d = negative();
       d.probes[0].fault = "dmarc-from-twice";
       refuse(d);
     },
     "dmarc", inconclusive, std::nullopt, "for its format (RFC 5322 §3.6) or for DMARC"},
    {"junk_for_its_format",
     [](Document& d) {
       d = negative();
       d.probes[0].fault = "dmarc-from-missing";
       d.probes[0].mailbox->special_use = "\\Junk";
       for (auto& field : d.probes[0].mailbox->authentication_results)
         for (auto& result : field.results) result.result = "none";
     },
     "dmarc", pass, Grade::recorded, "recorded dmarc=none"},
    {"refused_for_where_we_are",
     [](Document& d) {
       d = negative();
       refuse(d);
       d.probes[0].smtp->cause = Cause::blocked;
     },
     "dkim", inconclusive, std::nullopt, "is not known"},
    {"of_another_method", [](Document& d) { d = negative(); }, "spf", pass, Grade::recorded, "recorded spf=pass"},
    {"without_control",
     [](Document& d) {
       d = negative();
       refuse(d);
       d.probes[1].mailbox.reset();
     },
     "dkim", inconclusive, std::nullopt, "did not arrive"},
};

class Evaluated : public testing::TestWithParam<Case> {};

TEST_P(Evaluated, IsGraded) {
  const auto& row = GetParam();
  auto document = test::good_delivery();
  row.change(document);
  std::vector<Finding> all;
  const auto& finding = of(document, row.check, all);
  EXPECT_EQ(word(finding.verdict), word(row.verdict)) << finding.summary;
  EXPECT_EQ(finding.grade, row.grade);
  EXPECT_NE(finding.summary.find(row.says), std::string::npos) << finding.summary;
  EXPECT_FALSE(finding.evidence.empty());
}

INSTANTIATE_TEST_SUITE_P(All, Evaluated, testing::ValuesIn(cases),
                         [](const auto& info) { return std::string(info.param.name); });

/// What a message with a fault is refused with, and whether that is for the fault.
struct Refusal {
  const char *name, *fault, *phase;
  ReplyFacts reply;
  bool enforced;
};

void PrintTo(const Refusal& row, std::ostream* out) { *out << row.name; }

class RefusedWrong : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedWrong, IsEnforcedWhereTheRefusalSpeaksOfIt) {
  const auto& row = GetParam();
  auto document = negative();
  document.probes[0].fault = row.fault;
  refuse(document, row.reply, row.phase);
  std::vector<Finding> all;
  const auto method = std::string(row.fault).substr(0, std::string_view(row.fault).find('-'));
  const auto& finding = of(document, method, all);
  EXPECT_EQ(word(finding.verdict), word(row.enforced ? pass : inconclusive)) << finding.summary;
  EXPECT_EQ(finding.grade, row.enforced ? std::optional(Grade::enforced) : std::nullopt);
  if (!row.enforced) EXPECT_EQ(finding.cause, Cause::refused);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedWrong,
    testing::Values(
        Refusal{"dmarc_by_policy", "dmarc-reject", "dot", {550, "5.7.1", "rejected by DMARC policy"}, true},
        Refusal{"dmarc_of_gmail", "dmarc-reject", "dot", {550, "5.7.26", "Unauthenticated email"}, true},
        Refusal{"dmarc_of_yahoo", "dmarc-reject", "dot", {554, "5.7.9", "not accepted for policy reasons"}, true},
        Refusal{"dmarc_of_outlook", "dmarc-reject", "dot", {550, "5.7.509", "Access denied"}, true},
        Refusal{"dmarc_without_a_status", "dmarc-reject", "dot", {550, {}, "no"}, true},
        Refusal{"dmarc_of_rspamd", "dmarc-reject", "dot", {554, "5.7.1", "Action set by DMARC"}, true},
        Refusal{"dmarc_by_its_name", "dmarc-reject", "dot", {550, "5.2.0", "DMARC validation failed"}, true},
        Refusal{"dmarc_before_there_is_a_header", "dmarc-reject", "mail", {550, "5.7.1", "no"}, false},
        Refusal{"dmarc_before_the_data", "dmarc-reject", "data", {554, "5.7.1", "no"}, false},
        Refusal{"full", "dmarc-reject", "dot", {552, "5.2.2", "mailbox full"}, false},
        Refusal{"full_without_a_status", "dmarc-reject", "dot", {552, {}, "mailbox full"}, false},
        Refusal{"too_big", "dkim-signature", "dot", {552, "5.3.4", "too big"}, false},
        Refusal{"syntax", "dkim-signature", "dot", {501, "5.5.4", "syntax"}, false},
        Refusal{"no_such_parameter", "spf-fail", "mail", {555, "5.5.4", "unknown"}, false},
        Refusal{"wants_tls", "spf-fail", "mail", {530, "5.7.0", "Must issue a STARTTLS command first"}, false},
        Refusal{"our_ptr", "spf-fail", "mail", {550, "5.7.25", "reverse DNS"}, false},
        Refusal{"a_loop", "dmarc-reject", "dot", {550, "5.4.6", "loop"}, false},
        Refusal{"a_rate", "spf-fail", "mail", {550, "5.7.28", "mail flood"}, false},
        Refusal{"nobody", "spf-fail", "rcpt", {550, "5.1.1", "no such user"}, false},
        Refusal{"banned", "spf-fail", "rcpt", {550, "5.7.606", "Access denied"}, false},
        Refusal{"spf_of_policyd", "spf-fail", "rcpt", {550, "5.7.23", "SPF validation failed"}, true},
        Refusal{"spf_at_mail", "spf-softfail", "mail", {550, {}, "no"}, true},
        Refusal{"spf_permerror", "spf-permerror", "mail", {550, "5.5.2", "error in processing"}, true},
        Refusal{"spf_error", "spf-lookups", "mail", {550, "5.7.24", "SPF validation error"}, true},
        Refusal{"spf_at_the_banner", "spf-fail", "banner", {554, "5.7.1", "no"}, false},
        Refusal{"spf_for_dkim", "spf-fail", "dot", {550, "5.7.20", "no passing signature"}, false},
        Refusal{"dkim", "dkim-body-hash", "dot", {550, "5.7.20", "the signature fails"}, true},
        Refusal{"dkim_of_opendkim", "dkim-body-hash", "dot", {550, "5.7.0", "bad DKIM signature data"}, true},
        Refusal{"dkim_for_spf", "dkim-body-hash", "dot", {550, "5.7.23", "SPF"}, false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Evaluated, PointsToEveryWitness) {
  auto document = test::good_delivery();
  ask_all(document);
  std::vector<Finding> all;
  const auto& finding = of(document, "dkim", all);
  EXPECT_EQ(finding.evidence,
            (std::vector<std::string>{"/probes/0/mailbox/authentication_results", "/probes/0/dns/1"}));
}

/// Two probes from two addresses; SPF was looked up for `seen` because of the second.
Document from_two_addresses(const std::string& seen) {
  auto document = test::good_delivery();
  give_witness(document);
  forget_results(document);
  document.probes.push_back(document.probes[0]);
  document.probes[0].attempts.at(0).local_address = "192.0.2.10";
  document.probes[1].attempts.at(0).local_address = "2001:db8::10";
  document.probes[1].name = "second";
  document.probes[1].dns = {asked("spf", "x._spf", seen)};
  return document;
}

std::vector<std::string> spf_grades(const Document& document) {
  std::vector<std::string> all;
  for (const auto& finding : assess(document, embedded))
    if (finding.check == "inbound.spf-evaluated")
      all.push_back(std::string(word(finding.verdict)) +
                    (finding.grade ? " " + std::string(word(*finding.grade)) : ""));
  return all;
}

TEST(Evaluated, EachProbeIsJudgedByTheAddressThatItWentOutFrom) {
  EXPECT_EQ(spf_grades(from_two_addresses("2001:db8:0::10")), (std::vector<std::string>{"warn", "pass looked-up"}));
  EXPECT_EQ(spf_grades(from_two_addresses("192.0.2.10")), (std::vector<std::string>{"warn", "inconclusive"}))
      << "the run's address, and not this probe's";
}

TEST(Evaluated, AnAttemptBeforeTheLastMayHaveBeenJudgedToo) {
  auto document = from_two_addresses("192.0.2.11");
  auto& probe = document.probes[1];
  probe.attempts.insert(probe.attempts.begin(), probe.attempts[0]);
  probe.attempts[0].local_address = "192.0.2.11";
  EXPECT_EQ(spf_grades(document).at(1), "pass looked-up");
}

TEST(Evaluated, WhatWasNotReadHasItsCause) {
  auto document = test::good_delivery();
  give_witness(document), forget_results(document);
  document.probes[0].dns_witness->problem = "dns.jsonl cannot be read";
  document.probes[0].dns_witness->cause = Cause::own_limit;
  std::vector<Finding> all;
  EXPECT_EQ(of(document, "spf", all).cause, Cause::own_limit);
}

TEST(Evaluated, AProbeThatWasLeftOutIsNotTested) {
  auto document = test::good_delivery();
  document.run.skipped = {
      {.probe = "dkim/weak-key", .check = "inbound.dkim-evaluated", .reason = "no domain of its own"},
      {.probe = "b", .check = "of.another-version", .reason = "nobody knows"}};
  const auto all = assess(document, embedded);
  const auto found = std::ranges::find(all, "probe dkim/weak-key", &Finding::subject);
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->check, "inbound.dkim-evaluated");
  EXPECT_EQ(found->verdict, Verdict::not_tested);
  EXPECT_EQ(found->cause, Cause::own_limit);
  EXPECT_EQ(found->evidence, std::vector<std::string>{"/run/skipped/0"});
}

TEST(Evaluated, WithoutControlSaysSo) {
  auto document = negative();
  document.probes.pop_back();
  std::vector<Finding> all;
  EXPECT_EQ(of(document, "dkim", all).cause, Cause::no_control);
}

}  // namespace
}  // namespace mailprobe::evidence
