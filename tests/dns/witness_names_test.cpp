// Names that only one probe uses: what there is of them, what a question for one tells, and that SPF asks for them.
#include "dns/witness_names.h"

#include <gtest/gtest.h>

#include "dns/master_file.h"
#include "dns/records.h"
#include "dns/reply.h"

namespace mailprobe::dns {
namespace {

constexpr std::string_view zone = "w.probe.test";
const std::string token = "abcdefghijklmnopqrstuvwxyz";
const std::string own = token + ".w.probe.test";
constexpr std::uint16_t type_a = 1, type_soa = 6, type_txt = 16;

const std::vector<Zone>& zones() {
  static const auto made = [] {
    Zone one(*labels_from_text(zone));
    const auto records = parse_master_file(witness_records("ns.probe.test"), zone);
    for (const auto& record : records.value()) one.add(record);
    one.make_up(witness_names("v=DKIM1; p=" + std::string(400, 'A')));
    return std::vector<Zone>{one};
  }();
  return made;
}

Message ask(const std::string& name, std::uint16_t type) {
  Message query;
  query.questions.push_back({name_to_wire(name), type, class_in});
  const auto reply = reply_to(print_message(query, 65535), zones(), Transport::tcp);
  return parse_message(reply.value_or("")).value_or(Message{});
}

struct Case {
  const char* name;
  std::string asked;
  std::uint16_t type;
  Rcode code;
  std::size_t answers;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

const std::vector<Case>& cases() {
  using enum Rcode;
  const std::string key = "probe._domainkey." + own, spf = "._spf." + own;
  static const std::vector<Case> all{
      {"the_key", key, type_txt, no_error, 1},
      {"the_key_in_capitals", "PROBE._DOMAINKEY.ABCDEFGHIJKLMNOPQRSTUVWXYZ.W.PROBE.TEST", type_txt, no_error, 1},
      {"the_key_as_another_type", key, type_a, no_error, 0},
      {"another_selector", "r1._domainkey." + own, type_txt, name_error, 0},
      {"below_the_key", "a." + key, type_txt, name_error, 0},
      {"the_token", own, type_a, no_error, 0},
      {"on_the_way_to_the_key", "_domainkey." + own, type_a, no_error, 0},
      {"on_the_way_to_spf", "_spf." + own, type_a, no_error, 0},
      {"a_family", "in-addr" + spf, type_a, no_error, 0},
      {"part_of_an_address", "2.1.in-addr" + spf, type_a, no_error, 0},
      {"an_address", "192.0.2.1.in-addr" + spf, type_a, name_error, 0},
      {"part_of_ipv6", "d.b.8.ip6" + spf, type_a, no_error, 0},
      {"four_nibbles", "1.2.3.4.ip6" + spf, type_a, no_error, 0},
      {"no_octet", "256.in-addr" + spf, type_a, name_error, 0},
      {"another_family", "ip7" + spf, type_a, name_error, 0},
      {"dmarc", "_dmarc." + own, type_txt, name_error, 0},
      {"no_token", "probe._domainkey.abc.w.probe.test", type_txt, name_error, 0},
      {"the_apex", std::string(zone), type_soa, no_error, 1},
      {"elsewhere", "probe.test", type_txt, refused, 0},
  };
  return all;
}

class WitnessNames : public testing::TestWithParam<Case> {};

TEST_P(WitnessNames, AreMadeUp) {
  const auto& row = GetParam();
  const auto reply = ask(row.asked, row.type);
  EXPECT_EQ(static_cast<Rcode>(reply.flags & flag::rcode), row.code);
  ASSERT_EQ(reply.answers.size(), row.answers);
  if (row.answers == 0 && row.code != Rcode::refused) {
    ASSERT_EQ(reply.authority.size(), 1U);
    EXPECT_EQ(reply.authority[0].type, type_soa);
    EXPECT_EQ(reply.authority[0].ttl, 1U);  // or the next question would not come
  }
  if (row.type == type_txt && row.answers == 1) EXPECT_EQ(reply.answers[0].ttl, witness_ttl);
}

INSTANTIATE_TEST_SUITE_P(All, WitnessNames, testing::ValuesIn(cases()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(WitnessNames, TellWhatWasEvaluated) {
  const auto use = [](const std::string& name) {
    const auto found = parse_witness_name(name, zone);
    return found && found->token == token ? std::optional(found->use) : std::nullopt;
  };
  EXPECT_EQ(use("probe._domainkey." + own), WitnessUse::dkim);
  EXPECT_EQ(use("_DMARC." + own), WitnessUse::dmarc);
  EXPECT_EQ(use("192.0.2.1.in-addr._spf." + own), WitnessUse::spf);
  EXPECT_EQ(use("2.1.in-addr._spf." + own), WitnessUse::other);  // on the way (RFC 9156)
  EXPECT_EQ(use(own), WitnessUse::other);
  EXPECT_EQ(use("w.probe.test"), std::nullopt);
  EXPECT_EQ(use("abc.w.probe.test"), std::nullopt);
  EXPECT_EQ(use(token + ".probe.test"), std::nullopt);
}

TEST(WitnessNames, BringTheAddressSeen) {
  const auto seen = [](const std::string& name) {
    const auto found = parse_witness_name(name + "._spf." + own, zone);
    return found && found->seen ? found->seen->text() : "";
  };
  EXPECT_EQ(seen("192.0.2.1.in-addr"), "192.0.2.1");
  EXPECT_EQ(seen("2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.ip6"), "2001:db8::cb");
  EXPECT_EQ(seen("192.0.2.256.in-addr"), "");
  EXPECT_EQ(seen("2.0.0.1.ip6"), "");
}

}  // namespace
}  // namespace mailprobe::dns
