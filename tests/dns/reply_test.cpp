// Hostile and ordinary queries against the pure replier, and the message reader that serves both sides.
#include "dns/reply.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "dns/master_file.h"
#include "dns/records.h"

namespace mailprobe::dns {
namespace {

using namespace std::string_literals;

constexpr std::uint16_t type_a = 1, type_ns = 2, type_soa = 6, type_txt = 16, type_ds = 43, type_any = 255;

const std::vector<Zone>& zones() {
  static const auto made = [] {
    const std::string part = " \"" + std::string(200, 'x') + "\"";
    const std::string text =
        "@ 60 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 192.0.2.53\nsub IN NS ns.sub\nns.sub IN A 192.0.2.54\n"
        "big IN TXT" +
        part + part + part + "\n";
    const auto records = parse_master_file(text, "target.test");
    const auto sealed = sign_zone(records.value(), "target.test");
    Zone zone(*labels_from_text("target.test"));
    zone.cut_at_delegations();
    for (const auto& record : sealed.value().records) zone.add(record);
    return std::vector<Zone>{zone};
  }();
  return made;
}

Message question(std::string_view name, std::uint16_t type, bool dnssec = false) {
  Message query;
  query.id = 4711;
  query.flags = flag::recursion_desired;
  query.questions.push_back({name_to_wire(name), type, class_in});
  if (dnssec) query.edns = Edns{.udp_size = 4096, .dnssec_ok = true};
  return query;
}

Message ask(const Message& query, Transport transport = Transport::tcp) {
  const auto reply = reply_to(print_message(query, 65535), zones(), transport);
  if (!reply) throw std::runtime_error("no reply");
  const auto message = parse_message(*reply);
  if (!message) throw std::runtime_error("the reply does not parse: " + hex(*reply));
  return *message;
}

Rcode rcode(const Message& message) { return static_cast<Rcode>(message.flags & flag::rcode); }

std::size_t count(const std::vector<Record>& records, std::uint16_t type) {
  return static_cast<std::size_t>(std::ranges::count(records, type, &Record::type));
}

TEST(Reply, IsAuthoritativeAndNeverRecursive) {
  const auto reply = ask(question("ns.target.test", type_a));
  EXPECT_EQ(reply.id, 4711);
  EXPECT_TRUE(reply.flags & flag::authoritative);
  EXPECT_FALSE(reply.flags & flag::recursion_available);
  EXPECT_EQ(count(reply.answers, type_a), 1U);
  EXPECT_EQ(count(reply.answers, type_rrsig), 0U);  // nobody asked for them
  EXPECT_FALSE(reply.edns);
}

TEST(Reply, HasSignaturesWhereAsked) {
  const auto reply = ask(question("ns.target.test", type_a, true));
  EXPECT_EQ(count(reply.answers, type_rrsig), 1U);
  ASSERT_TRUE(reply.edns);
  EXPECT_TRUE(reply.edns->dnssec_ok);
  const auto denial = ask(question("no.target.test", type_a, true));
  EXPECT_EQ(rcode(denial), Rcode::name_error);
  EXPECT_EQ(count(denial.authority, type_soa), 1U);
  EXPECT_GE(count(denial.authority, type_nsec), 1U);
  EXPECT_EQ(count(denial.authority, type_rrsig), 1 + count(denial.authority, type_nsec));
}

/// RFC 1035 §4.1.4: no name came before the question's.
TEST(Reply, OfANameThatPointsIntoTheHeaderThereIsNone) {
  using namespace std::string_literals;
  const auto query = "\0\1\0\x09\0\1\0\0\0\0\0\0\xc0\1\x40\0\0\1"s;
  ASSERT_TRUE(parse_message(query));
  EXPECT_FALSE(reply_to(query, zones(), Transport::udp));
  EXPECT_FALSE(truncated_reply_to(query));
}

TEST(Reply, RefusesOtherNames) {
  const auto reply = ask(question("www.example.org", type_a));
  EXPECT_EQ(rcode(reply), Rcode::refused);
  EXPECT_TRUE(reply.answers.empty() && reply.authority.empty());
}

TEST(Reply, RefersBelowADelegation) {
  const auto reply = ask(question("deep.sub.target.test", type_a, true));
  EXPECT_FALSE(reply.flags & flag::authoritative);
  EXPECT_TRUE(reply.answers.empty());
  EXPECT_EQ(count(reply.authority, type_ns), 1U);
  EXPECT_EQ(count(reply.authority, type_nsec), 1U);  // there is no DS
  EXPECT_EQ(count(reply.additional, type_a), 1U);
  const auto ds = ask(question("sub.target.test", type_ds, true));
  EXPECT_TRUE(ds.flags & flag::authoritative);
  EXPECT_EQ(count(ds.authority, type_nsec), 1U);
}

TEST(Reply, TruncatesOverUdpOnly) {
  const auto cut = ask(question("big.target.test", type_txt), Transport::udp);
  EXPECT_TRUE(cut.flags & flag::truncated);
  EXPECT_TRUE(cut.answers.empty());
  EXPECT_EQ(cut.questions.size(), 1U);
  EXPECT_EQ(ask(question("big.target.test", type_txt), Transport::tcp).answers.size(), 1U);
  EXPECT_EQ(ask(question("big.target.test", type_txt, true), Transport::udp).answers.size(), 2U);
}

TEST(Reply, ToWhatItDoesNotDo) {
  EXPECT_EQ(rcode(ask(question("target.test", type_any))), Rcode::not_implemented);
  auto update = question("target.test", type_a);
  update.flags = 5 << 11;
  EXPECT_EQ(rcode(ask(update)), Rcode::not_implemented);
  auto chaos = question("target.test", type_a);
  chaos.questions[0].klass = 3;
  EXPECT_EQ(rcode(ask(chaos)), Rcode::refused);
  auto two = question("target.test", type_a);
  two.questions.push_back(two.questions[0]);
  EXPECT_EQ(rcode(ask(two)), Rcode::format_error);
  auto version = question("target.test", type_a, true);
  version.edns->version = 1;
  EXPECT_EQ(ask(version).edns->extended_rcode, 1);
}

TEST(Reply, NoneToAReplyOrToGarbage) {
  auto reply = question("target.test", type_a);
  reply.flags |= flag::response;
  EXPECT_FALSE(reply_to(print_message(reply, 512), zones(), Transport::udp));
  const auto good = print_message(question("target.test", type_a, true), 512);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(reply_to(good.substr(0, size), zones(), Transport::udp)) << size;
}

struct Hostile {
  const char* name;
  std::string bytes;
};

void PrintTo(const Hostile& row, std::ostream* out) { *out << row.name; }

class HostileMessage : public testing::TestWithParam<Hostile> {};

TEST_P(HostileMessage, IsNotRead) { EXPECT_FALSE(parse_message(GetParam().bytes)); }

const std::string one_question = "\0\1\0\0\0\1\0\0\0\0\0\0"s;

INSTANTIATE_TEST_SUITE_P(
    All, HostileMessage,
    testing::Values(Hostile{"pointer_to_itself", one_question + "\xc0\x0c\0\1\0\1"s},
                    Hostile{"pointer_forwards", one_question + "\xc0\x20\0\1\0\1"s},
                    Hostile{"pointer_into_its_own_name", one_question + "\1a\xc0\x0c\0\1\0\1"s},
                    Hostile{"reserved_label", one_question + "\x80\0\0\1\0\1"s},
                    Hostile{"many_records", "\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s},
                    Hostile{"rdata_beyond_the_end", "\0\1\0\0\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\xff\xff"s},
                    Hostile{"name_longer_than_rdata", "\0\1\0\0\0\0\0\1\0\0\0\0\0\0\5\0\1\0\0\0\0\0\1\1a\0"s},
                    Hostile{"two_opts", "\0\1\0\0\0\0\0\0\0\0\0\2\0\0\x29\2\0\0\0\0\0\0\0\0\0\x29\2\0\0\0\0\0\0\0"s}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Message, FollowsPointersBackwards) {
  // Two answers: the second's owner points at the first's.
  const auto bytes =
      "\0\1\x84\0\0\0\0\2\0\0\0\0\3foo\4test\0\0\5\0\1\0\0\0\1\0\2\xc0\x0c"
      "\3bar\xc0\x10\0\1\0\1\0\0\0\1\0\4\1\2\3\4"s;
  const auto message = parse_message(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(name_from_wire(message->answers.at(0).rdata), "foo.test");
  EXPECT_EQ(name_from_wire(message->answers.at(1).owner), "bar.test");
}

}  // namespace
}  // namespace mailprobe::dns
