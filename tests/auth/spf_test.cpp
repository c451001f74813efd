#include "auth/spf.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "auth/limits.h"
#include "auth/spf_domain.h"
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using test::FakeResolver;

SpfQuestion question(const std::string& address = "192.0.2.1", const std::string& mail_from = "a@example.org") {
  SpfQuestion question;
  question.client = IpAddress::parse(address).value();
  question.helo = "mx.example.org";
  question.mail_from = mail_from;
  return question;
}

Spf check(FakeResolver& dns, const SpfQuestion& asked = question()) { return test::run(check_spf(asked, dns)); }

struct Named {
  const char* name;
  const char* record;
  const char* result;
  const char* mechanism;  // "" for none
};
void PrintTo(const Named& row, std::ostream* out) { *out << row.name; }

class Matched : public testing::TestWithParam<Named> {};

TEST_P(Matched, IsNamed) {
  FakeResolver dns;
  dns.txt("example.org", GetParam().record);
  dns.a("mail.example.org", "192.0.2.1");
  dns.mx("example.org", 10, "mail.example.org");
  dns.txt("other.example", "v=spf1 ip4:192.0.2.0/24 -all");
  dns.txt("strict.example", "v=spf1 -all");
  dns.a("192.0.2.1._spf.example.org", "127.0.0.2");
  const auto spf = check(dns);
  EXPECT_EQ(word(spf.result), GetParam().result) << spf.reason;
  EXPECT_EQ(spf.mechanism.value_or(""), GetParam().mechanism);
  EXPECT_EQ(spf.domain, "example.org");
  EXPECT_EQ(spf.identity, "mailfrom");
}

const std::vector<Named> named{
    {"network", "v=spf1 ip4:192.0.2.0/24 -all", "pass", "ip4:192.0.2.0/24"},
    {"qualifier_left_out", "v=spf1 ~ip4:192.0.2.1 -all", "softfail", "ip4:192.0.2.1"},
    {"case_kept", "v=spf1 A:Mail.Example.ORG -all", "pass", "A:Mail.Example.ORG"},
    {"mx", "v=spf1 mx -all", "pass", "mx"},
    {"include", "v=spf1 include:other.example -all", "pass", "include:other.example"},
    {"failing_include_goes_on", "v=spf1 include:strict.example ?all", "neutral", "all"},
    {"redirect_names_the_others_mechanism", "v=spf1 redirect=other.example", "pass", "ip4:192.0.2.0/24"},
    {"exists_with_a_macro", "v=spf1 exists:%{i}._spf.%{d} -all", "pass", "exists:%{i}._spf.%{d}"},
    {"all", "v=spf1 -all", "fail", "all"},
    {"nothing_matched", "v=spf1 ip4:198.51.100.1", "neutral", "default"},
    {"nothing_matched_after_an_include", "v=spf1 include:strict.example", "neutral", "default"},
    {"no_record", "something else", "none", ""},
    {"syntax_error_behind_a_match", "v=spf1 ip4:192.0.2.1 ip4:300.1.1.1", "permerror", ""},
};
INSTANTIATE_TEST_SUITE_P(Mechanisms, Matched, testing::ValuesIn(named), [](const auto& row) { return row.param.name; });

TEST(Spf, CountsTheLimits) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 a:no1.example.org include:one.example mx:no2.example.org -all");
  dns.txt("one.example", "v=spf1 exists:ok.example.org ip4:198.51.100.1 -all");
  const auto spf = check(dns);
  EXPECT_EQ(word(spf.result), "permerror");  // the third void look-up: ok.example.org is none
  EXPECT_EQ(spf.reason, "more than 2 look-ups that found nothing");
  dns.a("ok.example.org", "198.51.100.7");
  dns.txt("one.example", "v=spf1 -all");
  EXPECT_EQ(word(check(dns).result), "permerror");  // two records now
}

TEST(Spf, SaysByWhichIncludesAndRedirectsTheResultCame) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:no.example ?include:one.example -all");
  dns.txt("no.example", "v=spf1 -all");
  dns.txt("one.example", "v=spf1 ip4:198.51.100.1 redirect=%{d2}.test");
  dns.txt("one.example.test", "v=spf1 a:none.example.org ip4:192.0.2.0/24 -all");
  auto spf = check(dns);
  EXPECT_EQ(word(spf.result), "neutral");
  EXPECT_EQ(spf.mechanism, "include:one.example");
  const std::vector<SpfStep> passed{{"example.org", "include:one.example"},
                                    {"one.example", "redirect=%{d2}.test"},
                                    {"one.example.test", "ip4:192.0.2.0/24"}};
  EXPECT_EQ(spf.path, passed);
  spf = check(dns, question("203.0.113.1"));
  EXPECT_EQ(spf.path, (std::vector<SpfStep>{{"example.org", "all"}}));
  dns.fail("none.example.org");
  spf = check(dns);
  EXPECT_EQ(word(spf.result), "temperror");
  EXPECT_EQ(spf.path.size(), 3U);
  EXPECT_EQ(spf.path.back(), (SpfStep{"one.example.test", "a:none.example.org"}));
  dns.txt("open.example", "v=spf1 include:no.example");
  EXPECT_EQ(check(dns, question("203.0.113.1", "a@open.example")).path,
            (std::vector<SpfStep>{{"open.example", "default"}}));
}

TEST(Spf, CountsLookUpsAndVoidOnes) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 ip4:198.51.100.1 a:none.example.org include:one.example mx:mxs.example.org -all");
  dns.txt("one.example", "v=spf1 a:there.example.org -all");
  dns.a("there.example.org", "198.51.100.1");
  dns.mx("mxs.example.org", 1, "there.example.org");
  const auto spf = check(dns);
  EXPECT_EQ(word(spf.result), "fail");
  EXPECT_EQ(spf.lookups, 4);
  EXPECT_EQ(spf.void_lookups, 1);
}

TEST(Spf, CountsAClientWithoutANameAsVoid) {  // RFC 7208 §4.6.4: of every term that asks for its PTR records
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 ptr ptr:other.example ?all");
  EXPECT_EQ(check(dns).void_lookups, 2);
  EXPECT_EQ(word(check(dns).result), "neutral");
  dns.txt("two.example", "v=spf1 ptr ptr a:none.example +all");
  EXPECT_EQ(word(check(dns, question("192.0.2.1", "a@two.example")).result), "permerror");
}

TEST(Spf, StopsAtTheEleventhTerm) {
  FakeResolver dns;
  std::string record = "v=spf1";
  for (int i = 0; i < 11; ++i) {
    record += " a:h" + std::to_string(i) + ".example.org";
    dns.a("h" + std::to_string(i) + ".example.org", "198.51.100.1");
  }
  dns.txt("example.org", record + " +all");
  const auto spf = check(dns);
  EXPECT_EQ(word(spf.result), "permerror");
  EXPECT_EQ(spf.reason, "more than 10 terms that look something up");
  EXPECT_EQ(dns.asked.size(), 11U);  // TXT and ten addresses: the eleventh is never asked for
}

TEST(Spf, EndsALoopOfIncludes) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:other.example -all");
  dns.txt("other.example", "v=spf1 include:example.org -all");
  EXPECT_EQ(word(check(dns).result), "permerror");
  dns.txt("loop.example", "v=spf1 redirect=loop.example");
  EXPECT_EQ(word(check(dns, question("192.0.2.1", "a@loop.example")).result), "permerror");
  EXPECT_LT(dns.asked.size(), 30U);
}

TEST(Spf, NamesWhatFailed) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 a:slow.example.org -all");
  dns.fail("slow.example.org", dns::Status::timeout);
  const auto spf = check(dns);
  EXPECT_EQ(word(spf.result), "temperror");
  EXPECT_EQ(spf.reason, "look-up of slow.example.org failed: made to fail");
  dns.bogus("bogus.example");
  EXPECT_EQ(word(check(dns, question("192.0.2.1", "a@bogus.example")).result), "temperror");
}

TEST(Spf, ChecksHeloForTheNullReversePath) {
  FakeResolver dns;
  dns.txt("mx.example.org", "v=spf1 ip4:192.0.2.1 -all");
  const auto spf = check(dns, question("192.0.2.1", ""));
  EXPECT_EQ(word(spf.result), "pass");
  EXPECT_EQ(spf.identity, "helo");
  EXPECT_EQ(spf.domain, "mx.example.org");
}

TEST(Spf, JudgesMappedAddressesAsIpv4AndULabelsAsALabels) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(word(check(dns, question("::ffff:192.0.2.1")).result), "pass");
  dns.txt("xn--bcher-kva.example", "v=spf1 ip4:192.0.2.1 -all");
  const auto spf = check(dns, question("192.0.2.1",
                                       "a@b\xc3\xbc"
                                       "cher.example"));
  EXPECT_EQ(word(spf.result), "pass");
  EXPECT_EQ(spf.domain, "xn--bcher-kva.example");
}

TEST(Spf, TermsWithALocalPartThatIsNotAsciiMatchNothing) {  // RFC 8616 §4
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:%{l}.example.org exists:%{S}.example.org a:%{d1}.example ~all");
  const auto spf = check(dns, question("192.0.2.1",
                                       "b\xc3\xbc"
                                       "cher@example.org"));
  EXPECT_EQ(word(spf.result), "softfail") << spf.reason;
  EXPECT_EQ(dns.asked.size(), 2U);
}

TEST(Spf, LooksAtTenNamesOfTheClientOnly) {  // RFC 7208 §4.6.4
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 ptr -all");
  for (int i = 0; i < 12; ++i) dns.ptr("1.2.0.192.in-addr.arpa", "h" + std::to_string(i) + ".example.org");
  dns.a("h10.example.org", "192.0.2.1");
  EXPECT_EQ(word(check(dns).result), "fail");
  EXPECT_EQ(dns.asked.size(), 12U);  // the record, the names, the addresses of ten
}

// RFC 7208 §7.3: the domain itself, else one within it, else any, else "unknown"; only names that point back count.
TEST(Spf, ExpandsTheValidatedName) {
  FakeResolver dns;
  const std::string reverse = "1.2.0.192.in-addr.arpa";
  dns.txt("example.org", "v=spf1 -all exp=why.example.org");
  dns.txt("why.example.org", "%{p} %{p1r} %{P}");
  dns.ptr(reverse, "forged.example.org");
  EXPECT_EQ(check(dns).explanation, "unknown unknown unknown");
  dns.ptr(reverse, "host.example.com");
  dns.a("host.example.com", "192.0.2.1");
  EXPECT_EQ(check(dns).explanation, "host.example.com host host.example.com");
  dns.ptr(reverse, "mx.example.org");
  dns.a("mx.example.org", "192.0.2.1");
  EXPECT_EQ(check(dns).explanation, "mx.example.org mx mx.example.org");
  dns.ptr(reverse, "example.org");
  dns.a("example.org", "192.0.2.1");
  EXPECT_EQ(check(dns).explanation, "example.org example example.org");
}

TEST(Spf, ExplainsAFailInTheDomainsWords) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 -all exp=why.%{d}");
  dns.txt("why.example.org", "%{i} is not ours, %{s} (%{c}, %{r})");
  EXPECT_EQ(check(dns).explanation, "192.0.2.1 is not ours, a@example.org (192.0.2.1, unknown)");
}

TEST(Spf, DoesNotFallForAMacroBomb) {
  FakeResolver dns;
  std::string record = "v=spf1 exists:";
  for (int i = 0; i < 1000; ++i) record += "%{s}";
  dns.txt("example.org", record + ".example.org ?all");
  const auto spf = check(dns, question("192.0.2.1", std::string(100'000, 'x') + "@example.org"));
  EXPECT_EQ(word(spf.result), "neutral") << spf.reason;
  for (const auto& name : dns.asked) EXPECT_LT(name.size(), 260U);
}

// RFC 7208 §7.4: the examples.
struct Expansion {
  const char* macro;
  const char* text;
};

TEST(SpfMacro, ExpandsTheExamplesOfTheRfc) {
  SpfMacroValues values{"strong-bad@email.example.com", "email.example.com", "mx.example.org", "email.example.com",
                        IpAddress::parse("192.0.2.3").value()};
  for (const auto& [macro, text] :
       {Expansion{"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
        {"%{S}%%%_%-", "strong-bad%40email.example.com% %20"}}) {
    EXPECT_TRUE(check_macros(macro, false)) << macro;
    EXPECT_EQ(expand_macros(macro, values, false), text) << macro;
  }
  values.client = IpAddress::parse("2001:db8::cb01").value();
  EXPECT_EQ(expand_macros("%{ir}.%{v}._spf.%{d2}", values, false),
            "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
}

TEST(SpfMacro, RefusesWhatIsNone) {
  for (const auto* text : {"%", "%a", "%{", "%{}", "%{x}", "%{d0}", "%{d-", "%{d}%", "%{drr}", "%{d1x}", "a b", "a\tb"})
    EXPECT_FALSE(check_macros(text, false)) << text;
  EXPECT_FALSE(check_macros("%{c}", false));
  EXPECT_TRUE(check_macros("%{c} %{r} %{t}", true));
}

TEST(SpfRecord, KnowsWhereADomainEnds) {
  for (const auto* good : {"v=spf1 a:example.org/24", "v=spf1 a:%{d}/24//64", "v=spf1 a:a/b.example.org",
                           "v=spf1 a/0//0", "v=spf1 exists:foo%%", "v=spf1 a:%{d2/}", "v=spf1 mx//64 unknown=%{d}/x"})
    EXPECT_TRUE(parse_spf(good)) << good;
  for (const auto* bad : {"v=spf1 a:example.org/33", "v=spf1 a:example.org/024", "v=spf1 a:example.org/24/64",
                          "v=spf1 a:example.org//129", "v=spf1 a:example.org}", "v=spf1 a:example.org%%-",
                          "v=spf1 a:museum", "v=spf1 a:", "v=spf1 a/", "v=spf1 include:example.org/24",
                          "v=spf1 redirect=a.example redirect=a.example", "v=spf1 all:x", "v=spf1 a\tmx"})
    EXPECT_FALSE(parse_spf(bad)) << bad;
}

TEST(SpfDomain, ShortensOnTheLeft) {
  const std::string label(63, 'x');
  const auto name = label + "." + label + "." + label + "." + label + ".example.org";
  EXPECT_EQ(shortened(name), label + "." + label + "." + label + ".example.org");
  EXPECT_EQ(shortened("example.org."), "example.org");
  EXPECT_TRUE(within("a.Example.org", "example.ORG"));
  EXPECT_FALSE(within("badexample.org", "example.org"));
}

/// Upstream takes a domain of one label ("a:x"); RFC 7208 §7.1 wants a dot before the top-level label (domain-end).
TEST(Conformance, MoxSpfRecords) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  const auto cases = boost::json::parse(test::read_file(folder / "spf-records.json")).as_array();
  int seen = 0;
  for (const auto& one : cases) {
    const std::string text(one.at("record").as_string());
    const bool valid = one.at("valid").as_bool() && !text.contains("a:x");
    EXPECT_EQ(is_spf(text) && parse_spf(text).has_value(), valid) << text;
    ++seen;
  }
  EXPECT_EQ(seen, 27);
}

}  // namespace
}  // namespace mailprobe::auth
