// The scores: MECSA's table over all sets of protections, the profiles over documents, and that no protection more
// makes a score lower.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <map>

#include "evidence/assess.h"
#include "evidence/findings.h"
#include "evidence/score_mecsa.h"
#include "evidence/scores.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using enum Verdict;

unsigned all_of(const MecsaCategory& category) { return 1U << category.protections.size(); }

TEST(MecsaLevel, NoProtectionMoreMakesItLower) {
  for (const auto& category : mecsa_categories())
    for (unsigned set = 0; set < all_of(category); ++set)
      for (unsigned bit = 1; bit < all_of(category); bit <<= 1)
        EXPECT_LE(mecsa_level(category, set), mecsa_level(category, set | bit)) << category.name << " " << set;
}

TEST(MecsaLevel, GoesFromNothingToTen) {
  for (const auto& category : mecsa_categories()) {
    EXPECT_EQ(mecsa_level(category, 0), 0) << category.name;
    EXPECT_EQ(mecsa_level(category, all_of(category) - 1), 10) << category.name;
  }
}

TEST(MecsaLevel, EveryRowOfTheTableCountsForWhatItSays) {
  for (const auto& category : mecsa_categories())
    for (const auto& row : category.levels) {
      unsigned set = 0;
      for (std::size_t i = 0; i < category.protections.size(); ++i)
        if ((" " + std::string(row.protections) + " ").contains(" " + std::string(category.protections[i]) + " "))
          set |= 1U << i;
      EXPECT_EQ(std::popcount(set), std::ranges::count(row.protections, ' ') + 1) << row.protections;
      EXPECT_EQ(mecsa_level(category, set), row.level) << category.name << ": " << row.protections;
    }
}

TEST(MecsaLevel, WithoutStarttlsNothingIsConfidential) {
  const auto& confidential = mecsa_categories().front();
  for (unsigned set = 0; set < all_of(confidential); set += 2) EXPECT_EQ(mecsa_level(confidential, set), 0) << set;
}

// --- documents ------------------------------------------------------------------------------------------------------

/// One protection in place or not, as findings and records show it.
struct Fact {
  const char* name;
  void (*set)(Document&, bool);
};

void add(Document& document, const char* check, Verdict verdict, const char* subject = "address mx 192.0.2.1") {
  document.findings.push_back({.check = check, .subject = subject, .verdict = verdict});
}

const std::vector<Fact>& facts() {
  static const std::vector<Fact> all{
      {"starttls",
       [](Document& document, bool there) {
         add(document, "inbound.starttls", there ? pass : fail);
         for (const auto* check : {"inbound.tls-version", "inbound.tls-cipher", "inbound.tls-hygiene"})
           add(document, check, there ? pass : not_tested);
       }},
      {"certificate",
       [](Document& document, bool there) { add(document, "inbound.certificate", there ? pass : fail); }},
      {"dane",
       [](Document& document, bool there) {
         add(document, "published.dane", there ? pass : warn);
         add(document, "inbound.dane", there ? pass : not_applicable);
       }},
      {"dnssec",
       [](Document& document, bool there) {
         add(document, "published.dnssec", there ? pass : warn);
         add(document, "published.mx-dnssec", there ? pass : warn);
       }},
      {"mta-sts", [](Document& document, bool there) { add(document, "published.mta-sts", there ? pass : warn); }},
      {"spf",
       [](Document& document, bool there) {
         if (there) document.target.policies["spf"] = "v=spf1 mx -all";
         add(document, "published.spf", there ? pass : fail);
       }},
      {"dmarc",
       [](Document& document, bool there) {
         if (there) document.target.policies["dmarc"] = "v=DMARC1; p=reject; rua=mailto:d@target.test";
         add(document, "published.dmarc", there ? pass : fail);
       }},
      {"dkim", [](Document& document, bool there) { add(document, "outbound.dkim", there ? pass : fail); }},
      {"ptr", [](Document& document, bool there) { add(document, "outbound.ptr", there ? pass : fail); }},
      {"their TLS",
       [](Document& document, bool there) {
         add(document, "outbound.starttls", there ? pass : fail);
         if (there) add(document, "outbound.tls-version", pass);
       }},
  };
  return all;
}

Document with(unsigned set) {
  Document document;
  document.target.domain = "target.test";
  for (std::size_t i = 0; i < facts().size(); ++i) facts()[i].set(document, (set & (1U << i)) != 0);
  return document;
}

TEST(Scores, NoProtectionMoreMakesAnyOfThemLower) {
  const auto sets = 1U << facts().size();
  std::vector<std::vector<Score>> scores;
  scores.reserve(sets);
  for (unsigned set = 0; set < sets; ++set) scores.push_back(score(with(set)));
  for (unsigned set = 0; set < sets; ++set)
    for (std::size_t bit = 0; bit < facts().size(); ++bit) {
      const auto& fewer = scores[set];
      const auto& more = scores[set | (1U << bit)];
      ASSERT_EQ(fewer.size(), more.size());
      for (std::size_t i = 0; i < fewer.size(); ++i)
        EXPECT_LE(fewer[i].value, more[i].value)
            << fewer[i].profile << ", " << fewer[i].category << ": " << facts()[bit].name << " added to " << set;
    }
}

/// What a client does at a host that is broken on purpose is no protection that it lacks.
TEST(Scores, TrapsChangeNone) {
  for (unsigned set = 0; set < 1U << facts().size(); ++set) {
    auto document = with(set);
    const auto without = score(document);
    add(document, "outbound.starttls", info, "trap no-starttls");
    add(document, "outbound.starttls", warn, "trap wrong-name");
    add(document, "outbound.tls-version", pass, "trap tls10-only");
    add(document, "outbound.tls-version", warn, "trap tls13-only");
    add(document, "outbound.ipv6", warn, "trap ipv6-only");
    const auto beside = score(document);
    ASSERT_EQ(without.size(), beside.size());
    for (std::size_t i = 0; i < without.size(); ++i) {
      EXPECT_EQ(without[i].value, beside[i].value) << without[i].profile << ", " << without[i].category << ": " << set;
      EXPECT_EQ(without[i].why, beside[i].why);
    }
  }
}

const Score& of(const std::vector<Score>& scores, std::string_view profile, std::string_view category) {
  for (const auto& each : scores)
    if (each.profile == profile && each.category == category) return each;
  throw std::runtime_error("no score " + std::string(profile) + ", " + std::string(category));
}

TEST(Scores, EverythingInPlaceIsTheHighestEverywhere) {
  const auto scores = score(with((1U << facts().size()) - 1));
  EXPECT_EQ(of(scores, "mecsa", "confidential delivery").value, 10);
  EXPECT_EQ(of(scores, "mecsa", "phishing and identity theft").value, 10);
  EXPECT_EQ(of(scores, "mecsa", "integrity of messages").value, 10);
  EXPECT_EQ(of(scores, "internet-nl", "STARTTLS and DANE").value, 100);
  EXPECT_EQ(of(scores, "internet-nl", "DMARC, DKIM and SPF").value, 100);
}

TEST(Scores, WhatIsNotKnownIsNeitherThereNorMissing) {
  Document document;
  document.target.domain = "target.test";
  add(document, "inbound.starttls", inconclusive);
  for (const auto& each : score(document)) {
    EXPECT_EQ(each.max, 0) << each.category;
    EXPECT_EQ(each.value, 0) << each.category;
    EXPECT_FALSE(each.why.empty()) << each.category;
  }
}

TEST(Scores, ADoctorsDocumentHasNone) { EXPECT_TRUE(score(Document{}).empty()); }

TEST(Scores, MecsaCountsWhatFourOfFiveHostsHave) {
  Document document;
  document.target.domain = "target.test";
  for (const auto* host : {"a", "b", "c", "d"}) add(document, "inbound.starttls", pass, host);
  add(document, "inbound.starttls", fail, "e");
  EXPECT_EQ(of(score(document), "mecsa", "confidential delivery").value, 5);
  EXPECT_THAT(of(score(document), "mecsa", "confidential delivery").why, Contains("starttls: at 4 of 5"));
  add(document, "inbound.starttls", fail, "f");
  EXPECT_EQ(of(score(document), "mecsa", "confidential delivery").value, 0);
}

TEST(Scores, MecsaCountsStarttlsFromTls12On) {
  Document document;
  document.target.domain = "target.test";
  Attempt attempt{.host = "mx.target.test", .address = "192.0.2.1"};
  attempt.tls = TlsFacts{.version = "TLSv1"};
  document.probes.push_back({.id = "x", .attempts = {attempt}});
  add(document, "inbound.starttls", pass, "address mx.target.test 192.0.2.1");
  EXPECT_EQ(of(score(document), "mecsa", "confidential delivery").value, 0);
  document.probes[0].attempts[0].tls->version = "TLSv1.2";
  EXPECT_EQ(of(score(document), "mecsa", "confidential delivery").value, 5);
}

struct RecordRow {
  const char* policy;
  const char* record;
  double phishing;
};

class ScoredRecords : public ::testing::TestWithParam<RecordRow> {};

TEST_P(ScoredRecords, CountByWhatTheyAskFor) {
  Document document;
  document.target.domain = "target.test";
  document.target.policies[GetParam().policy] = GetParam().record;
  EXPECT_EQ(of(score(document), "mecsa", "phishing and identity theft").value, GetParam().phishing);
}

INSTANTIATE_TEST_SUITE_P(All, ScoredRecords,
                         ::testing::Values(RecordRow{"spf", "v=spf1 mx -all", 6}, RecordRow{"spf", "v=spf1 mx ~all", 6},
                                           RecordRow{"spf", "v=spf1 mx ?all", 3}, RecordRow{"spf", "v=spf1 mx", 3},
                                           RecordRow{"spf", "v=spf1 redirect=_spf.test", 6},
                                           RecordRow{"spf", "v=spf1 nonsense", 0},
                                           RecordRow{"spf", "v=spf1 -all\nv=spf1 mx -all", 0},
                                           RecordRow{"dmarc", "v=DMARC1; p=none", 3},
                                           RecordRow{"dmarc", "v=DMARC1; nothing", 0}));

TEST(Scores, TheDmarcPolicyIsTheOneThatHolds) {
  Document document;
  document.target.domain = "target.test";
  document.target.policies["dmarc"] = "v=DMARC1; p=reject; sp=none; rua=mailto:d@target.test";
  add(document, "outbound.dkim", pass);
  const auto value = [&] { return of(score(document), "mecsa", "integrity of messages").value; };
  const auto own = value();
  document.target.dmarc_domain = "test";
  EXPECT_LT(value(), own) << "of a domain above it, sp= counts";
}

TEST(Scores, RulesForSendersAreKeptOrNot) {
  Document document;
  document.target.domain = "target.test";
  add(document, "outbound.spf", pass);
  add(document, "outbound.dkim", fail);
  add(document, "published.dmarc", warn);
  std::map<std::string, std::string> rules;
  for (const auto& each : score(document))
    if (each.profile == "bulk-sender")
      rules[each.why.at(0)] = std::to_string(int(each.value)) + "/" + std::to_string(int(each.max));
  EXPECT_EQ(rules["outbound.spf: in place"], "1/1");
  EXPECT_EQ(rules["outbound.dkim: missing"], "0/1");
  EXPECT_EQ(rules["published.dmarc: in place"], "1/1");
  EXPECT_EQ(rules["outbound.ptr: not determined"], "0/0");
}

/// internet.nl 1.11: insufficient fails, phase-out is a notice, whatever the IETF's word on it.
TEST(Scores, InternetNlGoesByTheNcscsLevels) {
  auto document = test::tls_surveyed();
  auto& survey = *document.target.mx[0].addresses[0].survey;
  const auto why = [&] {
    document.findings = assess(document, embedded);
    return of(score(document), "internet-nl", "STARTTLS and DANE").why;
  };
  EXPECT_THAT(why(), Contains("TLS versions: in place"));
  survey.suites.push_back({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", TlsAnswer::accepted});
  EXPECT_THAT(why(), Contains("ciphers and key exchange: in place")) << "to be phased out";
  survey.suites.push_back({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TlsAnswer::accepted});
  survey.versions.push_back({"TLSv1.1", TlsAnswer::accepted});
  EXPECT_THAT(why(), Contains("ciphers and key exchange: missing"));
  EXPECT_THAT(why(), Contains("TLS versions: missing"));
  survey.client_renegotiation = true;
  EXPECT_THAT(why(), Contains("hygiene: in place")) << "a notice at most";
  survey.extended_master_secret = false;
  EXPECT_THAT(why(), Contains("hygiene: missing"));
}

TEST(Scores, IPv6WantsTwoNameServersAndEveryMxHost) {
  Document document;
  document.target.domain = "target.test";
  document.target.ns = {{.host = "a", .addresses = {"2001:db8::1"}}, {.host = "b", .addresses = {"192.0.2.1"}}};
  document.target.mx = {{.host = "mx", .addresses = {{.ip = "2001:db8::2"}}}};
  EXPECT_THAT(of(score(document), "internet-nl", "IPv6").why,
              ElementsAre("IPv6 address of two name servers: missing", "IPv6 address of each MX host: in place",
                          "MX hosts answer over IPv6: not determined"));
  document.target.ns->push_back({.host = "c", .addresses = {"2001:db8::3"}});
  EXPECT_EQ(of(score(document), "internet-nl", "IPv6").value, 100);
}

TEST(Scores, OfADomainThatDoesNotExistNothingIsKnown) {
  Document document;
  document.target.domain = "nowhere.test";
  document.target.ns.emplace();
  EXPECT_EQ(of(score(document), "internet-nl", "IPv6").max, 0) << "not determined";
}

}  // namespace
}  // namespace mailprobe::evidence
