#include "auth/dmarc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "auth/dmarc_lookup.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace json = boost::json;

constexpr auto none = DmarcPolicy::none, quarantine = DmarcPolicy::quarantine, reject = DmarcPolicy::reject;

Spf spf(SpfOutcome result, std::string domain) {
  Spf out;
  out.result = result;
  out.domain = std::move(domain);
  out.identity = "mailfrom";
  return out;
}
Spf spf_fail() { return spf(SpfOutcome::fail, "elsewhere.example"); }

Dkim dkim(DkimOutcome result, std::string domain) {
  Dkim out;
  out.result = result;
  out.domain = std::move(domain);
  return out;
}

class DmarcOf : public testing::Test {
 protected:
  void record(const std::string& domain, const std::string& text) { dns.txt("_dmarc." + domain, text); }

  Dmarc check(const std::string& from, const std::optional<Spf>& spf_result, const std::vector<Dkim>& signatures = {}) {
    const auto raw = "From: " + from + "\r\nSubject: x\r\n\r\n";
    const auto message = split_message(raw);
    return test::run(check_dmarc(message, spf_result, signatures, dns));
  }

  test::FakeResolver dns;
};

// ---- results --------------------------------------------------------------------------------------------------------

TEST_F(DmarcOf, AlignedSpfPasses) {
  record("example.org", "v=DMARC1; p=reject");
  const auto dmarc = check("a@example.org", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::pass);
  EXPECT_EQ(dmarc.domain, "example.org");
  EXPECT_EQ(dmarc.record_domain, "example.org");
  EXPECT_EQ(dmarc.policy, reject);
  EXPECT_EQ(dmarc.disposition, none);
  EXPECT_EQ(dmarc.aligned_spf, true);
  EXPECT_EQ(dmarc.aligned_dkim, false);
  EXPECT_FALSE(dmarc.rfc7489);
  EXPECT_THAT(dns.asked, ElementsAre("_dmarc.example.org/16"));  // the common domain needs no walk
}

TEST_F(DmarcOf, AlignedDkimPassesWithoutSpf) {
  record("example.org", "v=DMARC1; p=reject");
  const auto dmarc = check("a@example.org", std::nullopt, {dkim(DkimOutcome::pass, "Example.ORG")});
  EXPECT_EQ(dmarc.result, DmarcOutcome::pass);
  EXPECT_EQ(dmarc.aligned_spf, std::nullopt);
  EXPECT_EQ(dmarc.aligned_dkim, true);
}

TEST_F(DmarcOf, NothingAlignedFails) {
  record("example.org", "v=DMARC1; p=quarantine");
  const auto dmarc = check("a@example.org", spf_fail(), {dkim(DkimOutcome::pass, "other.example")});
  EXPECT_EQ(dmarc.result, DmarcOutcome::fail);
  EXPECT_EQ(dmarc.disposition, quarantine);
  EXPECT_THAT(dmarc.reason, HasSubstr("no aligned"));
}

TEST_F(DmarcOf, WithoutSpfAndAlignedDkimIsNull) {
  record("example.org", "v=DMARC1; p=reject");
  const auto dmarc = check("a@example.org", std::nullopt, {dkim(DkimOutcome::fail, "example.org")});
  EXPECT_EQ(dmarc.result, std::nullopt);
  EXPECT_EQ(dmarc.disposition, std::nullopt);
  EXPECT_EQ(dmarc.policy, reject);
  EXPECT_THAT(dmarc.reason, HasSubstr("SPF is not known"));
  EXPECT_FALSE(dmarc.rfc7489);
}

TEST_F(DmarcOf, NoRecordIsNone) {
  const auto dmarc = check("a@example.org", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::none);
  EXPECT_EQ(dmarc.policy, std::nullopt);
  EXPECT_THAT(dmarc.reason, HasSubstr("no record for example.org"));
}

TEST_F(DmarcOf, NoAuthorDomainIsNoneAndAsksNothing) {
  const auto dmarc = check("a@example.org, b@other.example", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::none);
  EXPECT_THAT(dmarc.reason, HasSubstr("several author domains"));
  EXPECT_THAT(dns.asked, IsEmpty());
}

TEST_F(DmarcOf, SeveralAuthorsInOneDomainAreEvaluated) {
  record("example.org", "v=DMARC1; p=reject");
  EXPECT_EQ(check("a@example.org, b@example.org", spf(SpfOutcome::pass, "example.org")).result, DmarcOutcome::pass);
}

TEST_F(DmarcOf, BadRecordIsPermerror) {
  record("example.org", "v=DMARC1; p=bounce");
  const auto dmarc = check("a@example.org", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::permerror);
  EXPECT_THAT(dmarc.reason, HasSubstr("_dmarc.example.org: p=bounce"));
}

TEST_F(DmarcOf, SeveralRecordsAreDiscarded) {
  record("example.org", "v=DMARC1; p=reject");
  record("example.org", "v=DMARC1; p=none");
  const auto dmarc = check("a@example.org", spf_fail());
  EXPECT_EQ(dmarc.result, DmarcOutcome::none);
  EXPECT_THAT(dmarc.reason, HasSubstr("several records"));
}

TEST_F(DmarcOf, OtherTextBesideTheRecordDoesNotMatter) {
  dns.txt("_dmarc.example.org", "verification=123");
  record("example.org", "v=DMARC1; p=reject");
  EXPECT_EQ(check("a@example.org", spf_fail()).result, DmarcOutcome::fail);
}

TEST_F(DmarcOf, FailedLookUpIsTemperror) {
  dns.fail("_dmarc.example.org");
  const auto dmarc = check("a@example.org", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::temperror);
  EXPECT_THAT(dmarc.reason, HasSubstr("_dmarc.example.org failed"));
}

TEST_F(DmarcOf, BogusLookUpIsTemperror) {
  dns.bogus("_dmarc.example.org");
  EXPECT_EQ(check("a@example.org", spf_fail()).result, DmarcOutcome::temperror);
}

TEST_F(DmarcOf, FailedLookUpThatAlignmentNeedsIsTemperrorUnlessAnotherPasses) {
  record("example.org", "v=DMARC1; p=reject");
  dns.fail("_dmarc.mail.example.org");
  const auto pass_below = spf(SpfOutcome::pass, "mail.example.org");
  EXPECT_EQ(check("a@example.org", pass_below).result, DmarcOutcome::temperror);
  EXPECT_EQ(check("a@example.org", pass_below, {dkim(DkimOutcome::pass, "example.org")}).result, DmarcOutcome::pass);
}

TEST_F(DmarcOf, AlignedTemperrorLeavesItOpen) {
  record("example.org", "v=DMARC1; p=reject");
  EXPECT_EQ(check("a@example.org", spf(SpfOutcome::temperror, "example.org")).result, DmarcOutcome::temperror);
  EXPECT_EQ(check("a@example.org", spf(SpfOutcome::temperror, "other.example")).result, DmarcOutcome::fail);
  EXPECT_EQ(check("a@example.org", spf_fail(), {dkim(DkimOutcome::temperror, "example.org")}).result,
            DmarcOutcome::temperror);
}

// ---- policy ---------------------------------------------------------------------------------------------------------

TEST_F(DmarcOf, TestModeIsOneLevelMilderAndKeepsTheWord) {
  record("example.org", "v=DMARC1; p=reject; t=y");
  const auto dmarc = check("a@example.org", spf_fail());
  EXPECT_EQ(dmarc.policy, reject);
  EXPECT_EQ(dmarc.disposition, quarantine);
  ASSERT_TRUE(dmarc.rfc7489);  // which has no t=
  EXPECT_EQ(dmarc.rfc7489->disposition, reject);
}

TEST_F(DmarcOf, PercentIsForRfc7489Only) {
  record("example.org", "v=DMARC1; p=reject; pct=0");
  const auto dmarc = check("a@example.org", spf_fail());
  EXPECT_EQ(dmarc.disposition, reject);
  ASSERT_TRUE(dmarc.rfc7489);
  EXPECT_EQ(dmarc.rfc7489->result, DmarcOutcome::fail);
  EXPECT_EQ(dmarc.rfc7489->disposition, quarantine);
}

TEST_F(DmarcOf, NonExistentSubdomainHasItsOwnPolicy) {
  record("example.org", "v=DMARC1; p=reject; sp=quarantine; np=none");
  dns.a("real.example.org", "192.0.2.1");
  EXPECT_EQ(check("a@example.org", spf_fail()).policy, reject);
  EXPECT_EQ(check("a@real.example.org", spf_fail()).policy, quarantine);
  const auto ghost = check("a@ghost.example.org", spf_fail());
  EXPECT_EQ(ghost.policy, none);
  EXPECT_EQ(ghost.record_domain, "example.org");
  ASSERT_TRUE(ghost.rfc7489);  // which has no np=
  EXPECT_EQ(ghost.rfc7489->policy, quarantine);
}

TEST_F(DmarcOf, AFailedLookUpDoesNotProveThatANameIsNot) {
  record("example.org", "v=DMARC1; p=reject; np=none");
  dns.fail("unsure.example.org");
  EXPECT_EQ(check("a@unsure.example.org", spf_fail()).policy, reject);
}

TEST_F(DmarcOf, PublicSuffixDomainsRecordAppliesBelowIt) {
  record("bank.example", "v=DMARC1; p=reject; psd=y; sp=quarantine");
  const auto dmarc = check("a@giant.bank.example", spf(SpfOutcome::pass, "mega.bank.example"));
  EXPECT_EQ(dmarc.record_domain, "bank.example");
  EXPECT_EQ(dmarc.policy, quarantine);
  EXPECT_EQ(dmarc.aligned_spf, false);  // two organisations
}

TEST_F(DmarcOf, TheNearestRecordMarkedAsNoSuffixEndsTheWalk) {
  record("example.org", "v=DMARC1; p=reject");
  record("dept.example.org", "v=DMARC1; p=none; psd=n");
  const auto dmarc = check("a@x.dept.example.org", spf(SpfOutcome::pass, "example.org"));
  EXPECT_EQ(dmarc.record_domain, "dept.example.org");
  EXPECT_EQ(dmarc.aligned_spf, false);
  ASSERT_TRUE(dmarc.rfc7489);  // by the list, example.org is the organisation of both
  EXPECT_EQ(dmarc.rfc7489->result, DmarcOutcome::pass);
  EXPECT_EQ(dmarc.rfc7489->policy, reject);
}

TEST_F(DmarcOf, RecordAboveTheRegisteredDomainDiffersFromRfc7489) {
  record("example.co.uk", "v=DMARC1; p=reject");
  record("co.uk", "v=DMARC1; p=none");  // without psd=y: an organisational domain to RFC 9989
  const auto dmarc = check("a@example.co.uk", spf(SpfOutcome::pass, "other.co.uk"));
  EXPECT_EQ(dmarc.result, DmarcOutcome::pass);
  ASSERT_TRUE(dmarc.rfc7489);
  EXPECT_EQ(dmarc.rfc7489->result, DmarcOutcome::fail);
}

// ---- alignment ------------------------------------------------------------------------------------------------------

TEST_F(DmarcOf, RelaxedAlignsSiblingsOfOneOrganisation) {
  record("example.org", "v=DMARC1; p=reject");
  EXPECT_EQ(check("a@news.example.org", spf(SpfOutcome::pass, "bounce.example.org")).result, DmarcOutcome::pass);
}

TEST_F(DmarcOf, StrictAlignsOnlyTheSame) {
  record("example.org", "v=DMARC1; p=reject; aspf=s; adkim=s");
  EXPECT_EQ(check("a@example.org", spf(SpfOutcome::pass, "bounce.example.org")).result, DmarcOutcome::fail);
  EXPECT_EQ(check("a@example.org", spf_fail(), {dkim(DkimOutcome::pass, "sub.example.org")}).result,
            DmarcOutcome::fail);
  EXPECT_EQ(check("a@example.org", spf_fail(), {dkim(DkimOutcome::pass, "example.org")}).result, DmarcOutcome::pass);
}

TEST_F(DmarcOf, AnyOfSeveralSignaturesIsEnough) {
  record("example.org", "v=DMARC1; p=reject");
  const std::vector<Dkim> signatures{dkim(DkimOutcome::pass, "list.example"), dkim(DkimOutcome::fail, "example.org"),
                                     dkim(DkimOutcome::pass, "example.org")};
  EXPECT_EQ(check("a@example.org", spf_fail(), signatures).result, DmarcOutcome::pass);
}

TEST_F(DmarcOf, AnEndingIsNoSubdomain) {
  record("example.org", "v=DMARC1; p=reject");
  EXPECT_EQ(check("a@example.org", spf(SpfOutcome::pass, "notexample.org")).result, DmarcOutcome::fail);
}

// ---- the tree walk --------------------------------------------------------------------------------------------------

TEST(TreeWalkTargets, AreEightAtMost) {
  EXPECT_THAT(walk_targets("a.mail.example.com"),
              ElementsAre("a.mail.example.com", "mail.example.com", "example.com", "com"));
  // The example of RFC 9989 §4.10.
  EXPECT_THAT(walk_targets("a.b.c.d.e.f.g.h.i.j.mail.example.com"),
              ElementsAre("a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com",
                          "i.j.mail.example.com", "j.mail.example.com", "mail.example.com", "example.com", "com"));
  EXPECT_THAT(walk_targets("a.b.c.d.e.f.g.h"), ElementsAre("a.b.c.d.e.f.g.h", "b.c.d.e.f.g.h", "c.d.e.f.g.h",
                                                           "d.e.f.g.h", "e.f.g.h", "f.g.h", "g.h", "h"));
  EXPECT_THAT(walk_targets("com"), ElementsAre("com"));
}

struct WalkCase {
  std::string_view name, start;
  std::vector<std::pair<std::string, std::string>> records;
  std::string_view organisational, policy;  // policy: where its record stands; empty: none
};

class Walks : public testing::TestWithParam<WalkCase> {};

TEST_P(Walks, FindTheOrganisation) {
  test::FakeResolver dns;
  for (const auto& [domain, text] : GetParam().records) dns.txt("_dmarc." + domain, text);
  DmarcLookup lookup(dns);
  const auto walk = test::run(lookup.walk(std::string(GetParam().start)));
  EXPECT_EQ(walk.organisational_domain, GetParam().organisational);
  EXPECT_EQ(walk.policy ? walk.policy->domain : "", GetParam().policy);
  EXPECT_LE(dns.asked.size(), 8U);
}

INSTANTIATE_TEST_SUITE_P(
    Records, Walks,
    testing::Values(
        WalkCase{"none", "a.mail.example.com", {}, "a.mail.example.com", ""},
        WalkCase{"fewest_labels",
                 "a.mail.example.com",
                 {{"mail.example.com", "v=DMARC1; p=none"}, {"example.com", "v=DMARC1; p=none"}},
                 "example.com",
                 "example.com"},
        WalkCase{"marked_as_organisation",
                 "a.mail.example.com",
                 {{"mail.example.com", "v=DMARC1; p=none; psd=n"}, {"example.com", "v=DMARC1; p=none"}},
                 "mail.example.com",
                 "mail.example.com"},
        WalkCase{"below_a_suffix", "a.mail.example.com", {{"com", "v=DMARC1; p=none; psd=y"}}, "example.com", "com"},
        WalkCase{"below_a_suffix_with_its_own",
                 "a.mail.example.com",
                 {{"com", "v=DMARC1; p=none; psd=y"}, {"example.com", "v=DMARC1; p=none"}},
                 "example.com",
                 "example.com"},
        WalkCase{"the_suffix_itself", "com", {{"com", "v=DMARC1; p=none; psd=y"}}, "com", "com"},
        WalkCase{"below_a_suffix_from_far_down",
                 "a.b.c.d.e.f.g.h.i.bank.example",
                 {{"bank.example", "v=DMARC1; p=none; psd=y"}},
                 "i.bank.example",
                 "bank.example"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(DmarcOf, TreeWalkIsBoundedForManySignatures) {
  record("example.org", "v=DMARC1; p=reject");
  std::vector<Dkim> signatures;
  signatures.reserve(10);
  for (int i = 0; i < 10; ++i)
    signatures.push_back(dkim(DkimOutcome::pass, "a.b.c.d.e.f.g.h" + std::to_string(i) + ".other.org"));
  check("a@example.org", spf_fail(), signatures);
  EXPECT_LE(dns.asked.size(), 2U + 10U * 8U);
}

// ---- conformance ----------------------------------------------------------------------------------------------------

void add_zone(test::FakeResolver& dns, const json::value& zone) {
  for (const auto& [name, types] : zone.as_object())
    for (const auto& [type, values] : types.as_object())
      for (const auto& value : values.as_array()) {
        if (type == "A") dns.a(name, std::string(value.as_string()));
        if (type != "TXT") continue;
        std::string text;
        for (const auto& part : value.as_array()) text += part.as_string();
        dns.txt(name, text);
      }
}

std::string text(const json::value& object, std::string_view key) {
  const auto* value = object.as_object().if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

TEST(Conformance, StalwartDmarc) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-stalwart");
  const auto cases = json::parse(test::read_file(folder / "cases.json")).as_array();
  int seen = 0;
  for (const auto& one : cases) {
    const auto kind = text(one, "kind");
    if (kind != "alignment" && kind != "policy") continue;
    ++seen;
    SCOPED_TRACE(text(one, "id"));
    test::FakeResolver dns;
    add_zone(dns, one.at("zone"));
    const auto spf_word = from_word<SpfOutcome>(text(one, "spf_result")).value_or(SpfOutcome::none);
    std::vector<Dkim> signatures;
    if (!text(one, "dkim_d").empty())
      signatures.push_back(dkim(from_word<DkimOutcome>(text(one, "dkim_result")).value(), text(one, "dkim_d")));
    const auto raw = "From: " + text(one, "header_from") + "\r\n\r\n";
    const auto message = split_message(raw);
    const std::optional<Spf> spf_result = spf(spf_word, text(one, "mail_from_domain"));
    const auto dmarc = test::run(check_dmarc(message, spf_result, signatures, dns));
    const auto& expected = one.at("expect");
    if (const auto policy = text(expected, "policy"); !policy.empty()) EXPECT_EQ(word(dmarc.policy.value()), policy);
    if (expected.as_object().contains("record")) EXPECT_EQ(dmarc.result, DmarcOutcome::none);
    if (const auto aligned = text(expected, "dmarc_spf"); !aligned.empty())
      EXPECT_EQ(dmarc.aligned_spf, aligned == "pass");
    if (const auto aligned = text(expected, "dmarc_dkim"); !aligned.empty())
      EXPECT_EQ(dmarc.aligned_dkim, aligned == "pass");
  }
  EXPECT_EQ(seen, 12);
}

/// Upstream strips the dots from ".mac.com." and "....mac.com....", which RFC 1035 §2.3.1 does not know as names.
TEST(Conformance, OpendmarcAlignment) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-opendmarc");
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  int seen = 0;
  for (const auto& one : file.at("alignment").as_array()) {
    const auto domain = text(one, "a"), author = text(one, "b");
    test::FakeResolver dns;
    for (const auto* organisation : {"bcx.com", "foo.com", "b.com", "mac.com", "ooo.com", "edr.au", "b.de"})
      dns.txt("_dmarc." + std::string(organisation), "v=DMARC1; p=none; aspf=" + text(one, "mode").substr(0, 1));
    const auto raw = "From: a@" + author + "\r\n\r\n";
    const auto message = split_message(raw);
    const std::optional<Spf> spf_result = spf(SpfOutcome::pass, domain);
    const auto dmarc = test::run(check_dmarc(message, spf_result, {}, dns));
    const bool expected = one.at("aligned").as_bool() && !domain.starts_with('.');
    EXPECT_EQ(dmarc.aligned_spf.value_or(false), expected) << domain << " and " << author;
    ++seen;
  }
  EXPECT_EQ(seen, 10);
}

/// RFC 7489 by upstream; "bogus" is ignored by RFC 9989 §4.8, so that this record is usable.
TEST(Conformance, MoxDmarc) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  const auto file = json::parse(test::read_file(folder / "dmarc-verify.json"));
  test::FakeResolver dns;
  for (const auto& [name, record] : file.at("txt").as_object()) dns.txt(name, std::string(record.as_string()));
  for (const auto& name : file.at("servfail").as_array()) dns.fail(std::string(name.as_string()));
  for (const auto& one : file.at("cases").as_array()) {
    SCOPED_TRACE(json::serialize(one));
    const auto from = text(one, "from_domain");
    const std::optional<Spf> spf_result =
        spf(from_word<SpfOutcome>(text(one.at("spf"), "result")).value(), text(one.at("spf"), "domain"));
    std::vector<Dkim> signatures;
    for (const auto& signature : one.at("dkim").as_array())
      signatures.push_back(dkim(from_word<DkimOutcome>(text(signature, "result")).value(), text(signature, "d")));
    const auto raw = "From: a@" + from + "\r\n\r\n";
    const auto message = split_message(raw);
    const auto dmarc = test::run(check_dmarc(message, spf_result, signatures, dns));
    const auto& expected = one.at("expect");
    const auto status = from == "malformed.example" ? std::string("fail") : text(expected, "status");
    EXPECT_EQ(word(dmarc.result.value()), status);
    if (dmarc.aligned_spf) EXPECT_EQ(*dmarc.aligned_spf, expected.at("spf_aligned").as_bool());
    if (dmarc.aligned_dkim) EXPECT_EQ(*dmarc.aligned_dkim, expected.at("dkim_aligned").as_bool());
    EXPECT_EQ(dmarc.disposition == reject, expected.at("reject").as_bool());
  }
}

}  // namespace
}  // namespace mailprobe::auth
