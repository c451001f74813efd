// What is said of a document that is not one: which member is missing, of the wrong kind, unknown, or too much.
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "evidence/json.h"
#include "evidence/limits.h"
#include "evidence/pointer.h"
#include "tests/evidence/members.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

namespace json = boost::json;

json::value value_of(const Document& document) { return json::parse(to_json(document)); }

/// Members that earlier versions did not write.
bool came_later(const std::string& pointer) {
  constexpr std::string_view names[] = {"ptr_confirmed",
                                        "ptr_claimed",
                                        "survey",
                                        "session",
                                        "starttls_injection",
                                        "tlsa_lookup",
                                        "caa",
                                        "canonical",
                                        "ns",
                                        "mta_sts",
                                        "marks",
                                        "late",
                                        "canonicalizations",
                                        "headers",
                                        "fo",
                                        "rua",
                                        "ruf",
                                        "sessions",
                                        "replies",
                                        "reports",
                                        "reflection",
                                        "reply_watch",
                                        "helo_addresses",
                                        "dns_witness",
                                        "traps",
                                        "left_out",
                                        "skipped",
                                        "unattended",
                                        "policy_fetches",
                                        "places",
                                        "encrypt_then_mac",
                                        "local_address",
                                        "fault",
                                        "secret",
                                        "client_subnet",
                                        "forward",
                                        "smuggling",
                                        "control",
                                        "our_resolvers",
                                        "spf_survey",
                                        "plain_mail",
                                        "dmarc_domain",
                                        "must_staple",
                                        "stapled",
                                        "ocsp",
                                        "changed_under_id",
                                        "tls_alert",
                                        "require_tls",
                                        "dropped",
                                        "explained_by"};
  if (pointer == "/probes/0/reply" || pointer == "/target/failed" || pointer.ends_with("/survey/chains/0/dane") ||
      pointer.ends_with("/answers/0/statuses"))
    return true;
  return std::ranges::find(names, std::string_view(pointer).substr(pointer.rfind('/') + 1)) != std::end(names);
}

/// Whether the objects below hold names from outside, which may be missing.
bool free_names(std::string_view name) { return name == "policies" || name == "properties"; }

struct Damage {
  std::string pointer, text;
};

/// Takes each member away in turn, and puts something of another type in its place.
class Damager {
 public:
  explicit Damager(json::value root) : root_(std::move(root)) { walk(root_, ""); }
  std::vector<Damage> missing, mistyped;

 private:
  void walk(json::value& value, const std::string& at) {
    if (value.is_array() && !value.as_array().empty()) walk(value.as_array()[0], at + "/0");
    if (!value.is_object()) return;
    std::vector<std::string> names;
    for (const auto& member : value.as_object()) names.emplace_back(member.key());
    for (const auto& name : names) damage(value.as_object(), name, at);
  }

  void damage(json::object& object, const std::string& name, const std::string& at) {
    const auto here = at + pointer_step(name);
    const auto kept = object[name];
    object[name] = json::array{true};
    mistyped.push_back({here, json::serialize(root_)});
    object[name] = kept;
    if (!free_names(name)) walk(object[name], here);
    auto whole = object;
    object.erase(name);
    missing.push_back({here, json::serialize(root_)});
    object = std::move(whole);
  }

  json::value root_;
};

Document small() {
  auto document = test::compared();
  auto& probe = document.probes[0];
  probe.attempts[0].events.resize(1);
  probe.smtp = probe.attempts[0];
  probe.sent->raw.base64 = probe.mailbox->raw.base64 = "YQ==";
  document.findings.emplace_back();
  document.scores.emplace_back();
  return document;
}

TEST(Refusal, EveryMissingMemberIsNamed) {
  const Damager damager(value_of(small()));
  EXPECT_GT(damager.missing.size(), 180U);
  for (const auto& [pointer, text] : damager.missing) {
    const auto read = from_json(text);
    if (came_later(pointer)) {
      EXPECT_TRUE(read) << pointer;
      continue;
    }
    ASSERT_FALSE(read) << pointer;
    EXPECT_EQ(read.error().message, pointer + ": is missing");
    EXPECT_EQ(read.error().kind, Failure::usage);
  }
}

TEST(Refusal, EveryMemberOfAnotherTypeIsNamed) {
  for (const auto& [pointer, text] : Damager(value_of(small())).mistyped) {
    const auto read = from_json(text);
    ASSERT_FALSE(read) << pointer;
    EXPECT_TRUE(read.error().message.starts_with(pointer + ":") || read.error().message.starts_with(pointer + "/"))
        << pointer << " but " << read.error().message;
  }
}

struct Bad {
  const char* name;
  std::string text;
  const char* says;
};
void PrintTo(const Bad& bad, std::ostream* os) { *os << bad.name; }

std::string with(const char* pointer, json::value value) {
  auto root = value_of(small());
  root.at_pointer(pointer) = std::move(value);
  return json::serialize(root);
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::vector<Bad> bad_texts() {
  const auto good = to_json(test::good_delivery());
  return {{"empty", "", "not JSON at byte 0"},
          {"not_json", "evidence", "not JSON at byte 0"},
          {"an_array", "[]", "the document: is not an object"},
          {"null", "null", "the document: is not an object"},
          {"an_empty_object", "{}", "/schema: is missing"},
          {"cut", good.substr(0, good.size() / 2), "not JSON at byte"},
          {"two_documents", good + good, "not JSON at byte "},
          {"not_utf8", "{\"schema\":\"\xff\"}", "not JSON at byte"},
          {"deep_arrays", repeated("[", 100'000), "not JSON at byte"},
          {"deep_objects", repeated("{\"a\":", 100'000), "not JSON at byte"},
          {"deep_in_an_unknown_member", "{\"x\":" + repeated("[", 50) + repeated("]", 50) + "}", "not JSON at byte"},
          {"huge", std::string(max_document + 1, ' '), "bytes, more than"},
          {"too_many_elements", with("/probes/0/mailbox/filter", json::array(max_elements + 1, "x")),
           "/probes/0/mailbox/filter: has 100001 elements, more than 100000"},
          {"another_schema", with("/schema", "mailprobe/2"), "/schema: is not mailprobe/1 but mailprobe/2"},
          {"unknown_word", with("/probes/0/smtp/outcome", "splendid"),
           "/probes/0/smtp/outcome: is not a word that is known here: \"splendid\""},
          {"hostile_word", with("/probes/0/smtp/outcome", "\x1b]0;x"),
           "/probes/0/smtp/outcome: is not a word that is known here"},
          {"not_a_time", with("/run/started", "yesterday"), "/run/started: is not a time of RFC 3339"},
          {"a_fraction", with("/probes/0/smtp/port", 25.5), "/probes/0/smtp/port: is not an integer"},
          {"too_great_for_int", with("/probes/0/smtp/port", 4'000'000'000), "/probes/0/smtp/port: is out of range"},
          {"too_great_at_all", with("/probes/0/smtp/duration_ms", 18'446'744'073'709'551'615U),
           "/probes/0/smtp/duration_ms: is not an integer"},
          {"a_range_of_one", with("/probes/0/mailbox/dkim/0/mutation/0/sent", json::array{1}),
           "/probes/0/mailbox/dkim/0/mutation/0/sent: is not a range"},
          {"a_property_that_is_a_number",
           with("/probes/0/mailbox/authentication_results/0/results/0/properties/smtp.mailfrom", 1),
           "/probes/0/mailbox/authentication_results/0/results/0/properties/smtp.mailfrom: is not a string"},
          {"a_policy_that_is_a_number", with("/target/policies/spf", 1), "/target/policies/spf: is not a string"},
          {"the_second_of_two", with("/target/mx/1/preference", "x"), "/target/mx/1/preference: is not an integer"}};
}

class Refused : public testing::TestWithParam<Bad> {};

TEST_P(Refused, SaysWhereAndWhy) {
  const auto read = from_json(GetParam().text);
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().message.starts_with(GetParam().says) ||
              read.error().message.find(GetParam().says) != std::string::npos)
      << read.error().message;
  EXPECT_EQ(read.error().message.find('\x1b'), std::string::npos);
  EXPECT_LT(read.error().message.size(), 500U);
}

INSTANTIATE_TEST_SUITE_P(Texts, Refused, testing::ValuesIn(bad_texts()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Reading, UnknownMembersAreIgnored) {
  auto root = value_of(test::good_delivery());
  root.as_object()["new"] = json::object{{"a", json::array{1, nullptr}}};
  root.at_pointer("/run").as_object()["new"] = 1;
  const auto read = from_json(json::serialize(root));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(test::members_of(*read), test::members_of(test::good_delivery()));
}

TEST(Reading, SpaceAroundItIsNothing) { EXPECT_TRUE(from_json(" \n" + to_json(test::good_delivery()) + "\r\n")); }

}  // namespace
}  // namespace mailprobe::evidence
