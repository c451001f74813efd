#include "evidence/json.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "evidence/limits.h"
#include "evidence/pointer.h"
#include "tests/evidence/members.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

namespace json = boost::json;
using test::NamedDocument;

json::value value_of(const Document& document) { return json::parse(to_json(document)); }

bool resolves(const json::value& value, const std::string& pointer) {
  boost::system::error_code error;
  return value.find_pointer(pointer, error) != nullptr && !error;
}

// --- there and back -------------------------------------------------------------------------------------------------

class Known : public testing::TestWithParam<NamedDocument> {};

TEST_P(Known, ComesBackAsItWas) {
  const auto& document = GetParam().document;
  const auto back = from_json(to_json(document));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(test::members_of(*back), test::members_of(document));
  EXPECT_EQ(to_json(*back), to_json(document));
}

INSTANTIATE_TEST_SUITE_P(Documents, Known, testing::ValuesIn(test::all_documents()),
                         [](const auto& info) { return info.param.name; });

TEST(RoundTrip, AnyDocumentComesBackAsItWas) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Document document;
    test::Filler(seed).fill(document);
    document.schema = "mailprobe/1";
    const auto back = from_json(to_json(document));
    ASSERT_TRUE(back) << seed << ": " << back.error().message;
    ASSERT_EQ(test::members_of(*back), test::members_of(document)) << seed;
  }
}

TEST(RoundTrip, ChanceReachesEveryMember) {
  std::set<std::string> seen;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Document document;
    test::Filler(seed).fill(document);
    for (const auto& line : test::members_of(document)) {
      auto name = line.substr(0, line.find(" = "));
      std::erase_if(name, [](char c) { return c >= '0' && c <= '9'; });
      seen.insert(name);
    }
  }
  EXPECT_TRUE(seen.contains(".probes..mailbox.dkim..mutation..received"));
  EXPECT_TRUE(seen.contains(".probes..smtp.tls.certificates..names."));
  EXPECT_TRUE(seen.contains(".target.mx..addresses..tls..verified.cause"));
}

/// What is kept without a document around it.
template <class T>
void comes_back(Result<T> (*read)(std::string_view)) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    T one;
    test::Filler(seed).fill(one);
    const auto text = to_json(one);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto back = read(text);
    ASSERT_TRUE(back) << seed << ": " << back.error().message;
    ASSERT_EQ(to_json(*back), text) << seed;
  }
}

TEST(RoundTrip, SoDoPartsOfItAlone) {
  comes_back<Session>(session_from_json);
  comes_back<Reply>(reply_from_json);
  comes_back<Reflection>(reflection_from_json);
  comes_back<TlsSurvey>(survey_from_json);
}

// --- the contract ---------------------------------------------------------------------------------------------------

/// docs/architecture.md, Evidence document; what is null in a good delivery is looked at where it stands.
constexpr const char* contract[] = {
    "/schema",
    "/run/id",
    "/run/version",
    "/run/started",
    "/run/finished",
    "/run/command",
    "/run/scenario",
    "/run/target",
    "/run/exit",
    "/self/address",
    "/self/helo",
    "/self/ptr",
    "/self/port25",
    "/self/clock_skew",
    "/self/records",
    "/target/domain",
    "/target/mx/0/host",
    "/target/mx/0/preference",
    "/target/mx/0/dnssec",
    "/target/mx/0/tlsa",
    "/target/mx/0/tlsa_lookup",
    "/target/mx/0/canonical",
    "/target/mx/0/addresses/0/ip",
    "/target/mx/0/addresses/0/dnssec",
    "/target/mx/0/addresses/0/ptr",
    "/target/mx/0/addresses/0/tls",
    "/target/mta_sts",
    "/target/policies/spf",
    "/target/policies/dmarc",
    "/target/policies/mta_sts",
    "/target/policies/tlsrpt",
    "/probes/0/id",
    "/probes/0/name",
    "/probes/0/identity",
    "/probes/0/variation",
    "/probes/0/control_of",
    "/probes/0/from",
    "/probes/0/reverse_path",
    "/probes/0/to",
    "/probes/0/message_id",
    "/probes/0/sent/raw/base64",
    "/probes/0/sent/raw/path",
    "/probes/0/sent/raw/sha256",
    "/probes/0/policy/applied",
    "/probes/0/policy/floor",
    "/probes/0/policy/reason",
    "/probes/0/attempts/0/address",
    "/probes/0/attempts/0/port",
    "/probes/0/attempts/0/helo",
    "/probes/0/attempts/0/events/0/t_ms",
    "/probes/0/attempts/0/events/0/dir",
    "/probes/0/attempts/0/events/0/text",
    "/probes/0/attempts/0/tls/version",
    "/probes/0/attempts/0/tls/cipher",
    "/probes/0/attempts/0/tls/group",
    "/probes/0/attempts/0/tls/sni",
    "/probes/0/attempts/0/tls/peer_signature",
    "/probes/0/attempts/0/tls/certificates/0/subject",
    "/probes/0/attempts/0/tls/certificates/0/issuer",
    "/probes/0/attempts/0/tls/certificates/0/names",
    "/probes/0/attempts/0/tls/certificates/0/not_before",
    "/probes/0/attempts/0/tls/certificates/0/not_after",
    "/probes/0/attempts/0/tls/certificates/0/key",
    "/probes/0/attempts/0/tls/certificates/0/signature",
    "/probes/0/attempts/0/tls/certificates/0/sha256",
    "/probes/0/attempts/0/tls/certificates/0/spki_sha256",
    "/probes/0/attempts/0/tls/verified/result",
    "/probes/0/attempts/0/tls/verified/cause",
    "/probes/0/attempts/0/tls/dane",
    "/probes/0/attempts/0/outcome",
    "/probes/0/attempts/0/reply/code",
    "/probes/0/attempts/0/reply/enhanced",
    "/probes/0/attempts/0/reply/text",
    "/probes/0/smtp/outcome",
    "/probes/0/dns",
    "/probes/0/mailbox/folder",
    "/probes/0/mailbox/delay_ms",
    "/probes/0/mailbox/hops/0/time",
    "/probes/0/mailbox/hops/0/from",
    "/probes/0/mailbox/hops/0/by",
    "/probes/0/mailbox/hops/0/protocol",
    "/probes/0/mailbox/hops/0/delay_ms",
    "/probes/0/mailbox/hops/0/tls",
    "/probes/0/mailbox/hops/0/tls_source",
    "/probes/0/mailbox/authentication_results/0/authserv_id",
    "/probes/0/mailbox/authentication_results/0/trusted",
    "/probes/0/mailbox/authentication_results/0/raw",
    "/probes/0/mailbox/authentication_results/0/results/0/method",
    "/probes/0/mailbox/authentication_results/0/results/0/result",
    "/probes/0/mailbox/authentication_results/0/results/0/reason",
    "/probes/0/mailbox/authentication_results/0/results/0/properties/smtp.mailfrom",
    "/probes/0/mailbox/filter",
    "/probes/0/mailbox/raw/base64",
    "/probes/0/mailbox/spf/result",
    "/probes/0/mailbox/spf/domain",
    "/probes/0/mailbox/spf/mechanism",
    "/probes/0/mailbox/spf/path",
    "/probes/0/mailbox/spf/lookups",
    "/probes/0/mailbox/spf/void_lookups",
    "/probes/0/mailbox/dkim/0/index",
    "/probes/0/mailbox/dkim/0/domain",
    "/probes/0/mailbox/dkim/0/selector",
    "/probes/0/mailbox/dkim/0/algorithm",
    "/probes/0/mailbox/dkim/0/canonicalization",
    "/probes/0/mailbox/dkim/0/header_b",
    "/probes/0/mailbox/dkim/0/result",
    "/probes/0/mailbox/dkim/0/reason",
    "/probes/0/mailbox/dkim/0/mutation/0/kind",
    "/probes/0/mailbox/dkim/0/mutation/0/part",
    "/probes/0/mailbox/dkim/0/mutation/0/sent/1",
    "/probes/0/mailbox/dkim/0/mutation/0/received/1",
    "/probes/0/mailbox/dkim/0/mutation/0/diff",
    "/probes/0/mailbox/dkim/0/mutation/0/canonicalizations",
    "/probes/0/mailbox/dkim/0/mutation/0/headers",
    "/probes/0/mailbox/dmarc/result",
    "/probes/0/mailbox/dmarc/reason",
    "/probes/0/mailbox/dmarc/domain",
    "/probes/0/mailbox/dmarc/policy",
    "/probes/0/mailbox/dmarc/disposition",
    "/probes/0/mailbox/dmarc/claimed_disposition",
    "/probes/0/mailbox/dmarc/aligned_spf",
    "/probes/0/mailbox/dmarc/aligned_dkim",
    "/probes/0/mailbox/dmarc/rfc7489",
    "/probes/0/mailbox/dmarc/fo",
    "/probes/0/mailbox/dmarc/rua",
    "/probes/0/mailbox/dmarc/ruf",
    "/probes/0/mailbox/arc",
    "/probes/0/sessions",
    "/probes/0/reply",
    "/probes/0/replies",
    "/probes/0/reports",
    "/probes/0/reflection",
    "/sessions",
    "/findings/0/check",
    "/findings/0/subject",
    "/findings/0/probe",
    "/findings/0/verdict",
    "/findings/0/grade",
    "/findings/0/cause",
    "/findings/0/summary",
    "/findings/0/evidence",
    "/findings/0/advice",
    "/findings/0/reference",
    "/findings/0/fix_by",
    "/expectations/0/probe",
    "/expectations/0/text",
    "/expectations/0/verdict",
    "/expectations/0/cause",
    "/expectations/0/expected",
    "/expectations/0/found",
    "/expectations/0/evidence",
    "/scores/0/profile",
    "/scores/0/category",
    "/scores/0/value",
    "/scores/0/max",
    "/scores/0/why",
    "/comparison",
};

TEST(Contract, EveryPathIsThere) {
  auto document = test::footer_delivery();
  document.findings.emplace_back();
  document.expectations.emplace_back();
  document.scores.emplace_back();
  const auto value = value_of(document);
  for (const auto* pointer : contract) EXPECT_TRUE(resolves(value, pointer)) << pointer;
}

TEST(Contract, WhatIsUnknownIsNullNeverAbsent) {
  const auto value = value_of(Document{});
  for (const auto* pointer : {"/run/finished", "/run/scenario", "/run/exit", "/self/address", "/self/ptr",
                              "/target/policies/spf", "/target/policies/tlsrpt", "/comparison"}) {
    ASSERT_TRUE(resolves(value, pointer)) << pointer;
    EXPECT_TRUE(value.at_pointer(pointer).is_null()) << pointer;
  }
  for (const auto* pointer : {"/probes", "/sessions", "/findings", "/expectations", "/scores"})
    EXPECT_TRUE(value.at_pointer(pointer).is_array()) << pointer;
}

/// No text, and no number, stands for what there is not.
TEST(Contract, WhatAMechanismDoesNotKnowIsNull) {
  const auth::Mutation mutation{"body-changed", "body", {}, {}, {}};
  const auth::Arc arc{.result = auth::ArcOutcome::fail, .instances = {{.instance = 1}}};
  const auto value = json::parse(to_json(auth::Spf{}, {{.index = 1, .mutation = {mutation}}}, arc, auth::Dmarc{}));
  for (const auto* pointer : {"/spf/domain",
                              "/spf/mechanism",
                              "/spf/identity",
                              "/spf/reason",
                              "/spf/explanation",
                              "/dkim/0/domain",
                              "/dkim/0/selector",
                              "/dkim/0/algorithm",
                              "/dkim/0/canonicalization",
                              "/dkim/0/header_b",
                              "/dkim/0/reason",
                              "/dkim/0/header_ok",
                              "/dkim/0/key_bits",
                              "/dkim/0/mutation/0/sent",
                              "/dkim/0/mutation/0/diff",
                              "/dkim/0/mutation/0/headers",
                              "/arc/reason",
                              "/arc/oldest_pass",
                              "/arc/instances/0/domain",
                              "/arc/instances/0/selector",
                              "/arc/instances/0/cv",
                              "/arc/instances/0/authserv_id",
                              "/dmarc/result",
                              "/dmarc/reason",
                              "/dmarc/domain",
                              "/dmarc/record_domain",
                              "/dmarc/policy",
                              "/dmarc/fo",
                              "/dmarc/rua",
                              "/dmarc/ruf"})
    EXPECT_TRUE(value.at_pointer(pointer).is_null()) << pointer;
}

TEST(Contract, AProbeOfNothingHasAllItsMembers) {
  Document document;
  document.probes.emplace_back();
  const auto value = value_of(document);
  for (const auto* pointer : {"/probes/0/sent", "/probes/0/smtp", "/probes/0/mailbox", "/probes/0/reply",
                              "/probes/0/reflection", "/probes/0/control_of"})
    EXPECT_TRUE(value.at_pointer(pointer).is_null()) << pointer;
  for (const auto* pointer :
       {"/probes/0/attempts", "/probes/0/dns", "/probes/0/sessions", "/probes/0/replies", "/probes/0/reports"})
    EXPECT_TRUE(value.at_pointer(pointer).is_array()) << pointer;
}

TEST(Contract, TheOrderOfMembersIsFixed) {
  std::string order;
  const auto value = value_of(test::good_delivery());
  for (const auto& member : value.as_object()) order += std::string(member.key()) + " ";
  EXPECT_EQ(order, "schema run self target probes sessions findings expectations scores comparison ");
}

TEST(Contract, WordsAreThoseOfTheTable) {
  const auto value = value_of(test::without_starttls());
  EXPECT_EQ(value.at_pointer("/probes/0/smtp/outcome"), "not-sent");
  EXPECT_EQ(value.at_pointer("/probes/0/smtp/cause"), "unsupported");
  EXPECT_EQ(value.at_pointer("/probes/0/policy/floor"), "encrypt");
  EXPECT_EQ(value.at_pointer("/target/mx/0/dnssec"), "secure");
  EXPECT_EQ(value.at_pointer("/run/started"), "2026-01-31T12:00:00Z");
}

TEST(Policies, UnknownAndNoneAreTwoThings) {
  Document document;
  document.target.policies = {{"spf", std::nullopt}};
  const auto value = value_of(document);
  EXPECT_EQ(value.at_pointer("/target/policies/spf"), "");
  EXPECT_TRUE(value.at_pointer("/target/policies/dmarc").is_null());
  const auto back = from_json(to_json(document));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->target.policies, document.target.policies);
}

TEST(Properties, ARepeatedNameKeepsItsValues) {
  auto document = test::good_delivery();
  auto& result = document.probes[0].mailbox->authentication_results[0].results[0];
  result.properties = {{"policy.x", "1"}, {"policy.x", "2"}, {"policy.x", "3"}, {"header.d", "a"}};
  const auto value = value_of(document);
  const auto& properties =
      value.at_pointer("/probes/0/mailbox/authentication_results/0/results/0/properties").as_object();
  EXPECT_EQ(json::serialize(properties), R"({"policy.x":["1","2","3"],"header.d":"a"})");
  const auto back = from_json(to_json(document));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->probes[0].mailbox->authentication_results[0].results[0].properties, result.properties);
}

TEST(Bytes, WhatIsNotUtf8BecomesTheReplacementCharacter) {
  Document document = test::good_delivery();
  document.probes[0].smtp->reply->text = "a\xff\xc3(";
  document.target.policies["x\xfe"] = "v\xfe";
  const auto value = value_of(document);
  EXPECT_EQ(value.at_pointer("/probes/0/smtp/reply/text"), "a\xef\xbf\xbd\xef\xbf\xbd(");
  EXPECT_EQ(value.at_pointer("/target/policies/x\xef\xbf\xbd"), "v\xef\xbf\xbd");
}

// --- what `verify` prints -------------------------------------------------------------------------------------------

TEST(Verify, HasEveryMemberOnOneLine) {
  EXPECT_EQ(to_json(std::nullopt, {}, std::nullopt, {.reason = "no author domain"}),
            R"({"spf":null,"dkim":[],"arc":null,"dmarc":{"result":null,"reason":"no author domain","domain":null,)"
            R"("record_domain":null,"policy":null,"disposition":null,"claimed_disposition":null,"aligned_spf":null,)"
            R"("aligned_dkim":null,"rfc7489":null,"fo":null,"rua":null,"ruf":null}})");
  const auto copy = *test::footer_delivery().probes[0].mailbox;
  const auto line = to_json(copy.spf, copy.dkim, copy.arc, copy.dmarc);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(json::parse(line).at_pointer("/dkim/0/mutation/0/kind"), "footer-appended");
}

TEST(Pointer, StepsAreEscaped) {
  EXPECT_EQ(pointer("probes", 12UL, "a/b~c"), "/probes/12/a~1b~0c");
  EXPECT_EQ(pointer(), "");
}

}  // namespace
}  // namespace mailprobe::evidence
