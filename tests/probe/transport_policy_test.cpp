// Which policy applies to a host: DANE over MTA-STS over opportunistic TLS, never below the floor. All of it from data.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "probe/transport_policy.h"

namespace mailprobe::probe {
namespace {

using evidence::MtaSts;
using evidence::MxHost;
using evidence::Target;
using evidence::TlsaLookup;
using evidence::TlsaState;

const std::string good_record = "3 1 1 " + hex(sha256("a key"));

Target plain_target() {
  Target target;
  target.domain = "target.test";
  target.shape = evidence::MxShape::mx;
  target.dnssec = Dnssec::secure;
  target.mx.emplace_back().host = "mx.target.test";
  return target;
}

void tlsa(Target& target, TlsaState state, std::vector<std::string> records = {}) {
  auto& host = target.mx.front();
  host.tlsa = std::move(records);
  host.tlsa_lookup = TlsaLookup{.base = "mx.target.test", .state = state, .unusable = {}, .problem = {}};
}

void sts(Target& target, StsMode mode, bool listed = true) {
  target.mta_sts.emplace();
  target.mta_sts->id = "7";
  target.mta_sts->mode = mode;
  if (!listed) target.mta_sts->unlisted = {"mx.target.test"};
}

struct Row {
  const char* name;
  void (*change)(Target&);
  Wanted wanted;
  const char* applied;
  TlsFloor need;
  bool dane = false;
  std::optional<Cause> barred = {};
  const char* says = "";
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

void nothing(Target&) {}
void dane(Target& target) { tlsa(target, TlsaState::usable, {good_record}); }
void enforce(Target& target) { sts(target, StsMode::enforce); }
void testing_mode(Target& target) { sts(target, StsMode::testing); }
void unlisted(Target& target) { sts(target, StsMode::enforce, false); }
void unusable(Target& target) { tlsa(target, TlsaState::unusable, {"0 0 1 " + hex(sha256("a"))}); }
void bogus(Target& target) {
  tlsa(target, TlsaState::failed);
  target.mx.front().tlsa_lookup->cause = Cause::bogus;
}
void no_answer(Target& target) {
  tlsa(target, TlsaState::failed);
  target.mx.front().tlsa_lookup->cause = Cause::timed_out;
}
template <void (*A)(Target&), void (*B)(Target&)>
void both(Target& target) {
  A(target);
  B(target);
}
void unsigned_mx(Target& target) { target.dnssec = Dnssec::insecure; }
/// An unsigned domain at a provider that is signed.
void optional_dane(Target& target) {
  unsigned_mx(target);
  tlsa(target, TlsaState::insecure, {good_record});
  target.mx.front().tlsa_lookup->dnssec = Dnssec::secure;
  target.mx.front().addresses.push_back({.ip = "192.0.2.1", .dnssec = Dnssec::secure});
}

constexpr auto may = TlsFloor::may, encrypt = TlsFloor::encrypt, verify = TlsFloor::verify;
constexpr auto forbidden = Cause::policy;

const Row rows[] = {
    {"opportunistic", nothing, {encrypt}, "none", encrypt},
    {"opportunistic_plain", nothing, {may}, "none", may},
    {"floor_verify", nothing, {verify}, "none", verify},

    {"dane", dane, {encrypt}, "dane", encrypt, true},
    {"dane_over_may", dane, {may}, "dane", encrypt, true},
    {"dane_and_floor_verify", dane, {verify}, "dane", verify, true},
    {"dane_over_sts", both<dane, enforce>, {encrypt}, "dane", encrypt, true},
    {"dane_where_sts_does_not_list", both<dane, unlisted>, {encrypt}, "dane", encrypt, true},
    {"bogus_tlsa", bogus, {encrypt}, "none", encrypt, false, Cause::bogus},
    {"bogus_tlsa_over_may", bogus, {may}, "none", may, false, Cause::bogus},
    {"bogus_tlsa_and_sts", both<bogus, enforce>, {encrypt}, "sts", verify, false, Cause::bogus},
    {"no_answer_about_tlsa", no_answer, {encrypt}, "none", encrypt, false, Cause::dns_failure},
    {"unusable_tlsa", unusable, {may}, "none", encrypt, false, {}, "TLS is mandatory, unauthenticated"},
    {"unusable_tlsa_and_sts", both<unusable, enforce>, {may}, "sts", verify},
    {"insecure_tlsa", [](Target& t) { tlsa(t, TlsaState::insecure, {good_record}); }, {may}, "none", may},
    {"optional_tlsa", optional_dane, {may}, "none", may, false, {}, "1 usable TLSA record of mx.target.test, compared"},
    {"optional_tlsa_none_usable",
     [](Target& t) {
       optional_dane(t);
       t.mx.front().tlsa = {"0 0 1 " + hex(sha256("a"))};
     },
     {encrypt},
     "none",
     encrypt,
     false,
     {},
     "no usable TLSA records of mx.target.test; nothing of DANE is enforced"},
    {"optional_tlsa_and_sts", both<optional_dane, enforce>, {may}, "sts", verify, false, {}, "compared"},
    {"optional_tlsa_and_floor_dane", optional_dane, {TlsFloor::dane}, "none", encrypt, false, forbidden},
    {"denied_tlsa", [](Target& t) { tlsa(t, TlsaState::absent); }, {may}, "none", may},

    {"sts_enforce", enforce, {may}, "sts", verify, false, {}, "id 7"},
    {"sts_kept",
     [](Target& t) {
       enforce(t);
       t.mta_sts->source = "cache";
       t.mta_sts->problem = "500";
     },
     {may},
     "sts",
     verify,
     false,
     {},
     "policy (kept from before), mode"},
    {"sts_unlisted", unlisted, {may}, "sts", verify, false, forbidden},
    {"sts_testing", testing_mode, {encrypt}, "none", encrypt, false, {}, "is not enforced"},
    {"sts_testing_unlisted",
     [](Target& t) { sts(t, StsMode::testing, false); },
     {encrypt},
     "none",
     encrypt,
     false,
     {},
     "does not list"},
    {"sts_none", [](Target& t) { sts(t, StsMode::none); }, {encrypt}, "none", encrypt},

    {"floor_sts", enforce, {TlsFloor::sts}, "sts", verify},
    {"floor_sts_testing", testing_mode, {TlsFloor::sts}, "sts", verify},
    {"floor_sts_without", nothing, {TlsFloor::sts}, "none", encrypt, false, forbidden},
    {"floor_sts_mode_none",
     [](Target& t) { sts(t, StsMode::none); },
     {TlsFloor::sts},
     "none",
     encrypt,
     false,
     forbidden},
    {"floor_sts_and_dane", both<dane, enforce>, {TlsFloor::sts}, "dane", verify, true},
    {"floor_sts_and_dane_unlisted", both<dane, unlisted>, {TlsFloor::sts}, "dane", verify, true, forbidden},
    {"floor_dane", dane, {TlsFloor::dane}, "dane", encrypt, true},
    {"floor_dane_without", enforce, {TlsFloor::dane}, "sts", verify, false, forbidden},
    {"floor_dane_unusable", unusable, {TlsFloor::dane}, "none", encrypt, false, forbidden},

    {"requiretls", nothing, {encrypt, true}, "none", encrypt},
    {"requiretls_unsigned_mx", unsigned_mx, {encrypt, true}, "none", encrypt, false, forbidden},
    {"requiretls_by_sts", both<unsigned_mx, enforce>, {encrypt, true}, "sts", verify},
    {"requiretls_by_sts_in_testing", both<unsigned_mx, testing_mode>, {encrypt, true}, "none", encrypt},
};

class Transport : public testing::TestWithParam<Row> {};

TEST_P(Transport, Policy) {
  const auto& row = GetParam();
  auto target = plain_target();
  row.change(target);
  const auto policy = policy_for(target, target.mx.front(), row.wanted);
  EXPECT_EQ(policy.applied.applied, row.applied) << policy.applied.reason;
  EXPECT_EQ(policy.applied.floor, row.wanted.floor);
  EXPECT_NE(policy.applied.reason, "");
  EXPECT_NE(policy.applied.reason.find(row.says), std::string::npos) << policy.applied.reason;
  EXPECT_EQ(word(policy.need), word(row.need));
  EXPECT_EQ(policy.dane, row.dane);
  EXPECT_EQ(policy.barred ? policy.barred->cause : std::nullopt, row.barred)
      << (policy.barred ? policy.barred->message : "");
  EXPECT_EQ(policy.tlsa.size(), row.dane || policy.applied.reason.contains("compared") ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Transport, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

/// Whatever the target publishes and whatever DNS says, it does not go below the floor.
TEST(TransportFloor, IsNeverUndercut) {
  for (const auto floor : {may, encrypt, verify, TlsFloor::sts, TlsFloor::dane})
    for (const auto& row : rows) {
      auto target = plain_target();
      row.change(target);
      const auto policy = policy_for(target, target.mx.front(), {floor, false});
      if (policy.barred) continue;
      if (floor != may) EXPECT_NE(policy.need, may) << row.name;
      if (floor == verify || floor == TlsFloor::sts) EXPECT_EQ(policy.need, verify) << row.name;
      if (floor == TlsFloor::dane) EXPECT_TRUE(policy.dane) << row.name;
    }
}

TEST(TransportPolicy, NamesTheBaseDomainFirst) {  // RFC 7672 §3.2.2
  auto target = plain_target();
  dane(target);
  target.mx.front().tlsa_lookup->base = "real.other.test";
  const auto policy = policy_for(target, target.mx.front(), {});
  EXPECT_EQ(policy.names, (std::vector<std::string>{"real.other.test", "mx.target.test", "target.test"}));
  smtp::Delivery delivery;
  apply(policy, delivery);
  EXPECT_TRUE(delivery.dane);
  EXPECT_EQ(delivery.handshake.tlsa.size(), 1U);
  EXPECT_EQ(delivery.handshake.dane_names, policy.names);
}

/// The domains of one provider are one and the same to its host, as far as they are not signed.
TEST(TransportPolicy, TheNextHopIsNoNameWhereTheMxIsNotSigned) {
  auto target = plain_target();
  optional_dane(target);
  target.mx.front().tlsa_lookup->base = "real.other.test";
  const auto policy = policy_for(target, target.mx.front(), {});
  EXPECT_EQ(policy.names, (std::vector<std::string>{"real.other.test", "mx.target.test"}));
  smtp::Delivery delivery;
  apply(policy, delivery);
  EXPECT_FALSE(delivery.dane);
  EXPECT_EQ(delivery.handshake.tlsa.size(), 1U) << "compared";
}

TEST(TransportPolicy, LeavesUnusableRecordsOut) {
  auto target = plain_target();
  tlsa(target, TlsaState::usable, {"1 1 1 " + hex(sha256("a")), good_record, "no record"});
  const auto policy = policy_for(target, target.mx.front(), {});
  ASSERT_EQ(policy.tlsa.size(), 1U);
  EXPECT_EQ(policy.tlsa[0].text(), good_record);
}

}  // namespace
}  // namespace mailprobe::probe
