// The TLSA records of mail hosts: which name is asked, what counts, and what bars a host (RFC 7672 §2).
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/optional_dane.h"
#include "probe/route.h"
#include "probe/tlsa_lookup.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"
#include "tls/tlsa.h"

namespace mailprobe::probe {
namespace {

using evidence::TlsaState;
using test::FakeResolver;

constexpr auto host = "mx.target.test";
constexpr auto at_host = "_25._tcp.mx.target.test";

void tlsa(FakeResolver& resolver, const std::string& name, int usage = 3, int selector = 1, int matching = 1) {
  const tls::Tlsa record{static_cast<std::uint8_t>(usage), static_cast<std::uint8_t>(selector),
                         static_cast<std::uint8_t>(matching), sha256(name)};
  resolver.add(name, dns::Type::tlsa, tls::tlsa_to_wire(record));
}

/// All is signed, and there is a host; no TLSA yet.
void secure_route(FakeResolver& resolver) {
  resolver.mx("target.test", 10, host);
  resolver.a(host, "192.0.2.1");
  for (const auto* name : {"target.test", host, at_host}) resolver.secure(name);
}

evidence::Target look_up(void (*zone)(FakeResolver&), FakeResolver& resolver) {
  secure_route(resolver);
  zone(resolver);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  return target;
}

struct Row {
  const char* name;
  void (*zone)(FakeResolver&);
  TlsaState state;
  std::string base = host;
  std::size_t records = 0;
  std::optional<Cause> cause = {};
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row rows[] = {
    {"usable", [](FakeResolver& r) { tlsa(r, at_host); }, TlsaState::usable, host, 1},
    {"absent", [](FakeResolver&) {}, TlsaState::absent},
    {"none_usable", [](FakeResolver& r) { tlsa(r, at_host, 1); }, TlsaState::unusable, host, 1},
    {"one_of_two_usable",
     [](FakeResolver& r) {
       tlsa(r, at_host, 0);
       tlsa(r, at_host);
     },
     TlsaState::usable, host, 2},
    {"malformed", [](FakeResolver& r) { r.add(at_host, dns::Type::tlsa, std::string("\x03\x01", 2)); },
     TlsaState::unusable},
    {"bogus", [](FakeResolver& r) { r.bogus(at_host); }, TlsaState::failed, host, 0, Cause::bogus},
    {"servfail", [](FakeResolver& r) { r.fail(at_host); }, TlsaState::failed, host, 0, Cause::dns_failure},
    {"timeout", [](FakeResolver& r) { r.fail(at_host, dns::Status::timeout); }, TlsaState::failed, host, 0,
     Cause::timed_out},
};

class TlsaLookup : public testing::TestWithParam<Row> {};

TEST_P(TlsaLookup, IsToldApart) {
  const auto& row = GetParam();
  FakeResolver resolver;
  const auto target = look_up(row.zone, resolver);
  const auto& lookup = target.mx.at(0).tlsa_lookup;
  ASSERT_TRUE(lookup);
  EXPECT_EQ(word(lookup->state), word(row.state)) << lookup->problem.value_or("");
  EXPECT_EQ(lookup->base, row.base);
  EXPECT_EQ(target.mx[0].tlsa.size(), row.records);
  EXPECT_EQ(lookup->cause, row.cause);
  EXPECT_EQ(lookup->problem.has_value(), row.cause.has_value());
}

INSTANTIATE_TEST_SUITE_P(All, TlsaLookup, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

/// Without the DNSSEC of `unsigned_name`.
evidence::TlsaLookup without(const std::string& unsigned_name, bool failing = false) {
  FakeResolver resolver;
  resolver.mx("target.test", 10, host);
  resolver.a(host, "192.0.2.1");
  for (const std::string name : {"target.test", host, at_host})
    if (name != unsigned_name) resolver.secure(name);
  tlsa(resolver, at_host);
  if (failing) resolver.fail(at_host);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  return target.mx.at(0).tlsa_lookup.value();
}

TEST(TlsaLookupWithoutDnssec, IsNotDane) {
  EXPECT_EQ(without("target.test").problem, "the MX records are not signed");
  EXPECT_EQ(without(host).problem, "the addresses of the host are not signed");
  for (const auto* name : {"target.test", host, at_host}) EXPECT_EQ(without(name).state, TlsaState::insecure) << name;
}

TEST(TlsaLookupWithoutDnssec, AFailureBarsNothing) {  // RFC 7672 §2.1.1: many servers cannot answer TLSA queries
  for (const auto* name : {"target.test", host}) {
    const auto lookup = without(name, true);
    EXPECT_EQ(lookup.state, TlsaState::insecure) << name;
    EXPECT_EQ(lookup.cause, Cause::dns_failure) << name;
    EXPECT_TRUE(lookup.problem.value_or("").contains(" not signed; TLSA: SERVFAIL")) << lookup.problem.value_or("");
  }
}

/// An unsigned domain at a provider that is signed (RFC 7672 §2.2.1).
evidence::Target hosted(void (*zone)(FakeResolver&)) {
  FakeResolver resolver;
  resolver.mx("target.test", 10, host);
  resolver.a(host, "192.0.2.1");
  for (const auto* name : {host, at_host}) resolver.secure(name);
  zone(resolver);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  return target;
}

TEST(TlsaOfASignedHost, MayBeUsedWhereTheMxIsNotSigned) {
  const auto target = hosted([](FakeResolver& r) { tlsa(r, at_host); });
  const auto& found = target.mx.at(0);
  EXPECT_EQ(found.tlsa_lookup->state, TlsaState::insecure);
  EXPECT_EQ(found.tlsa_lookup->dnssec, Dnssec::secure);
  EXPECT_EQ(found.tlsa_lookup->problem, "the MX records are not signed");
  EXPECT_TRUE(evidence::dane_is_optional(target, found));
  EXPECT_TRUE(evidence::has_usable_tlsa(found));
}

TEST(TlsaOfASignedHost, NoneUsable) {
  const auto target = hosted([](FakeResolver& r) { tlsa(r, at_host, 1); });
  EXPECT_TRUE(evidence::dane_is_optional(target, target.mx.at(0)));
  EXPECT_FALSE(evidence::has_usable_tlsa(target.mx.at(0)));
}

TEST(TlsaOfASignedHost, IsNotOptionalWhereItIsOtherwise) {
  const auto absent = hosted([](FakeResolver&) {});
  EXPECT_FALSE(evidence::dane_is_optional(absent, absent.mx.at(0))) << "no records";
  const auto bogus = hosted([](FakeResolver& r) { r.bogus(at_host); });
  EXPECT_FALSE(evidence::dane_is_optional(bogus, bogus.mx.at(0)));
  EXPECT_EQ(bogus.mx.at(0).tlsa_lookup->cause, Cause::bogus);
  FakeResolver resolver;
  const auto signed_mx = look_up([](FakeResolver& r) { tlsa(r, at_host); }, resolver);
  EXPECT_FALSE(evidence::dane_is_optional(signed_mx, signed_mx.mx.at(0)));
}

TEST(TlsaOfASignedHost, IsAskedForAtTheEndOfItsAlias) {  // RFC 7672 §2.2.2
  const auto target = hosted([](FakeResolver& r) {
    r = {};
    r.mx("target.test", 10, host);
    r.cname(host, "real.other.test");
    r.a("real.other.test", "192.0.2.1");
    for (const auto* name : {host, "real.other.test", "_25._tcp.real.other.test"}) r.secure(name);
    tlsa(r, "_25._tcp.real.other.test");
  });
  EXPECT_EQ(target.mx.at(0).tlsa_lookup->base, "real.other.test");
  EXPECT_TRUE(evidence::dane_is_optional(target, target.mx.at(0)));
}

TEST(TlsaOfAnUnsignedHost, IsNeverToBeUsed) {
  FakeResolver resolver;
  resolver.mx("target.test", 10, host);
  resolver.a(host, "192.0.2.1");
  resolver.secure(at_host);
  tlsa(resolver, at_host);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  EXPECT_EQ(target.mx.at(0).tlsa_lookup->dnssec, Dnssec::secure);
  EXPECT_FALSE(evidence::dane_is_optional(target, target.mx.at(0)));
}

/// An MX that is an alias of real.other.test; both ends signed or not.
evidence::MxHost alias(bool end_is_secure, bool alias_is_secure, void (*records)(FakeResolver&)) {
  FakeResolver resolver;
  resolver.mx("target.test", 10, host);
  resolver.cname(host, "real.other.test");
  resolver.a("real.other.test", "192.0.2.1");
  resolver.secure("target.test");
  if (alias_is_secure) resolver.add(host, dns::Type::cname, dns::name_to_wire("real.other.test"));
  if (end_is_secure) resolver.secure(host);
  for (const auto* name : {"real.other.test", at_host, "_25._tcp.real.other.test"}) resolver.secure(name);
  records(resolver);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  return target.mx.at(0);
}

TEST(TlsaBaseDomain, IsTheEndOfASecureChainFirst) {  // RFC 7672 §2.2.2
  const auto both = alias(true, true, [](FakeResolver& r) {
    tlsa(r, at_host);
    tlsa(r, "_25._tcp.real.other.test");
  });
  EXPECT_EQ(both.canonical, "real.other.test");
  EXPECT_EQ(both.tlsa_lookup->base, "real.other.test");
  EXPECT_EQ(both.tlsa_lookup->state, TlsaState::usable);
}

TEST(TlsaBaseDomain, ThenTheNameItself) {
  const auto own = alias(true, true, [](FakeResolver& r) { tlsa(r, at_host); });
  EXPECT_EQ(own.tlsa_lookup->base, host);
  EXPECT_EQ(own.tlsa_lookup->state, TlsaState::usable);
}

TEST(TlsaBaseDomain, AFailureAtTheEndOfTheChainIsNotPassedOver) {
  const auto failed = alias(true, true, [](FakeResolver& r) {
    tlsa(r, at_host);
    r.bogus("_25._tcp.real.other.test");
  });
  EXPECT_EQ(failed.tlsa_lookup->state, TlsaState::failed);
}

/// FakeResolver, but for one question.
class Spoilt : public dns::Resolver {
 public:
  Spoilt(FakeResolver& resolver, std::string name, dns::Type type, Dnssec dnssec)
      : resolver_(resolver), name_(std::move(name)), type_(type), dnssec_(dnssec) {}
  Task<dns::Answer> query(std::string name, dns::Type type) override {
    if (name != name_ || type != type_) co_return co_await resolver_.query(std::move(name), type);
    dns::Answer failed;
    failed.dnssec = dnssec_;
    co_return failed;
  }

 private:
  FakeResolver& resolver_;
  std::string name_;
  dns::Type type_;
  Dnssec dnssec_;
};

evidence::MxHost look_up_spoilt(FakeResolver& zone, const std::string& name, dns::Type type, Dnssec dnssec) {
  Spoilt resolver(zone, name, type, dnssec);
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  return target.mx.at(0);
}

/// Else whoever makes one look-up fail, or forges its answer, would have mail sent without DANE (RFC 7672 §2.1.2).
TEST(TlsaOfAHostThatIsHalfKnown, IsAskedByTheAddressesThatAreKnown) {
  for (const auto dnssec : {Dnssec::unknown, Dnssec::bogus})
    for (const auto type : {dns::Type::a, dns::Type::aaaa}) {
      FakeResolver zone;
      secure_route(zone);
      zone.a(host, "2001:db8::1");
      tlsa(zone, at_host);
      const auto found = look_up_spoilt(zone, host, type, dnssec);
      EXPECT_EQ(found.addresses.size(), 1U);
      EXPECT_EQ(found.dnssec, dnssec) << "of the answers as a whole";
      EXPECT_EQ(word(found.tlsa_lookup->state), word(TlsaState::usable)) << found.tlsa_lookup->problem.value_or("");
    }
}

TEST(TlsaOfAHostThatIsHalfKnown, IsNotDaneWhereTheOtherFamilyIsUnsigned) {
  FakeResolver zone;
  zone.mx("target.test", 10, host);
  zone.a(host, "192.0.2.1");
  zone.secure("target.test");
  EXPECT_EQ(look_up_spoilt(zone, host, dns::Type::aaaa, Dnssec::unknown).tlsa_lookup->state, TlsaState::insecure);
}

/// Whether it is signed is not known, so that the host is skipped: unsigned it would be mailed to all the same.
TEST(TlsaBaseDomain, AnAliasThatCannotBeLookedUpIsNotUnsigned) {
  FakeResolver zone;
  zone.mx("target.test", 10, host);
  zone.cname(host, "real.other.test");
  zone.a("real.other.test", "192.0.2.1");
  zone.secure("target.test");
  const auto failed = look_up_spoilt(zone, host, dns::Type::cname, Dnssec::unknown).tlsa_lookup.value();
  EXPECT_EQ(failed.state, TlsaState::failed);
  EXPECT_EQ(failed.cause, Cause::dns_failure);
  EXPECT_EQ(failed.problem, "CNAME: SERVFAIL");
  EXPECT_EQ(look_up_spoilt(zone, host, dns::Type::cname, Dnssec::bogus).tlsa_lookup->cause, Cause::bogus);
}

TEST(TlsaLookup, OfAServerThatIsNamedTheNameNeedsNoSignature) {
  FakeResolver zone;
  zone.a(host, "192.0.2.1");
  auto target = test::run(route_to_server(host, zone));
  test::run(look_up_tlsa(target, 25, zone));
  EXPECT_EQ(target.mx.at(0).tlsa_lookup->problem, "the addresses of the host are not signed");
}

TEST(TlsaLookup, TheServerThatIsNamedHasItsOwnPort) {
  FakeResolver resolver;
  resolver.a(host, "192.0.2.1");
  resolver.secure(host);
  resolver.secure("_2525._tcp.mx.target.test");
  tlsa(resolver, "_2525._tcp.mx.target.test");
  auto target = test::run(route_to_server(host, resolver));
  test::run(look_up_tlsa(target, 2525, resolver));
  EXPECT_EQ(target.mx.at(0).tlsa_lookup->state, TlsaState::usable);
}

TEST(TlsaLookup, OfAnAddressThereIsNone) {
  FakeResolver resolver;
  auto target = test::run(route_to_server("192.0.2.1", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  EXPECT_FALSE(target.mx.at(0).tlsa_lookup);
  EXPECT_TRUE(resolver.asked.empty());
}

TEST(TlsaLookup, TheDenialOfAnMxMustBeSecureToo) {
  FakeResolver resolver;
  resolver.a("target.test", "192.0.2.1");
  resolver.secure("_25._tcp.target.test");
  tlsa(resolver, "_25._tcp.target.test");
  auto target = test::run(find_route("target.test", resolver));
  test::run(look_up_tlsa(target, 25, resolver));
  EXPECT_EQ(target.mx.at(0).tlsa_lookup->state, TlsaState::insecure);
}

}  // namespace
}  // namespace mailprobe::probe
