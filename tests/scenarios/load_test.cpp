// What a scenario file says, and what is said of one that is wrong: file, line, column, what was found, what would fit.
#include "tests/scenarios/loaded.h"

namespace mailprobe::scenarios {
namespace {

TEST(ScenarioFile, TheLeastThatItCanBe) {
  const auto scenario = loaded("probes: [{name: plain}]\n");
  EXPECT_EQ(scenario.name, "daily");
  ASSERT_EQ(scenario.probes.size(), 1U);
  const auto& probe = scenario.probes[0];
  EXPECT_EQ(probe.name, "plain");
  EXPECT_EQ(probe.repeat, 1);
  EXPECT_TRUE(probe.watch.mailbox);
  EXPECT_FALSE(probe.watch.reply);
  EXPECT_TRUE(probe.send.dkim.sign);
  EXPECT_EQ(probe.send.tls, std::nullopt) << "what the run says";
  EXPECT_FALSE(probe.variation);
}

TEST(ScenarioFile, EveryFieldOfAMessage) {
  const auto scenario = loaded(R"(
description: All that can be said
tags: [daily]
probes:
  - name: full
    tags: [big, text]
    repeat: 3
    send:
      identity: other
      to: ${target}
      subject: Grüße
      reverse_path: empty
      headers: {X-One: a, X-Two: [b, c]}
      charset: iso-8859-1
      transfer_encoding: quoted-printable
      body: ""
      size: 64KB
      line_length: 998
      attachments: [{type: text/plain, filename: a.txt, body: hello}]
      dkim: {keys: [r1], canonicalization: [simple/simple], headers: [From, Subject]}
      tls: verify
      family: ipv6
      extensions: chunking
    watch: {mailbox: false, reply: true, deadline: 90s}
    expect:
      - smtp.outcome == accepted
      - any: [mailbox.folder == INBOX, {not: mailbox exists}]
expect: [p95(latency) < 30s]
)");
  ASSERT_EQ(scenario.probes.size(), 1U);
  const auto& probe = scenario.probes[0];
  const auto& send = probe.send;
  EXPECT_EQ(probe.tags, (std::vector<std::string>{"big", "text"}));
  EXPECT_EQ(probe.repeat, 3);
  EXPECT_EQ(send.identity, "other");
  EXPECT_EQ(send.to, "reflector@target.test");
  EXPECT_EQ(send.subject, "Grüße");
  EXPECT_EQ(send.reverse_path, ReversePath::empty);
  EXPECT_EQ(send.headers, (std::vector<Header>{{"X-One", "a"}, {"X-Two", "b"}, {"X-Two", "c"}}));
  EXPECT_EQ(send.content.charset, "iso-8859-1");
  EXPECT_EQ(send.content.transfer_encoding, TransferEncoding::quoted_printable);
  EXPECT_EQ(send.content.body, "");
  EXPECT_EQ(send.content.size->bytes, 64'000);
  EXPECT_EQ(send.content.line_length, 998);
  ASSERT_EQ(send.attachments.size(), 1U);
  EXPECT_EQ(send.attachments[0].filename, "a.txt");
  EXPECT_EQ(send.dkim.keys, std::vector<std::string>{"r1"});
  EXPECT_EQ(send.dkim.headers, (std::vector<std::string>{"From", "Subject"}));
  EXPECT_EQ(send.tls, TlsFloor::verify);
  EXPECT_EQ(send.family, Family::ipv6);
  EXPECT_EQ(send.extensions, std::vector<Extension>{Extension::chunking});
  EXPECT_FALSE(probe.watch.mailbox);
  EXPECT_EQ(probe.watch.deadline, std::chrono::seconds(90));
  ASSERT_EQ(probe.expect.size(), 2U);
  EXPECT_EQ(probe.expect[1].text, "any(mailbox.folder == INBOX, not(mailbox exists))");
  EXPECT_EQ(scenario.expect.at(0).text, "p95(latency) < 30s");
}

TEST(ScenarioFile, AMultipartHasParts) {
  const auto scenario = loaded(R"(
probes:
  - name: mixed
    send:
      multipart: alternative
      parts: [{type: text/plain, body: a}, {multipart: related, parts: [{type: text/html, body: b}]}]
)");
  const auto& content = scenario.probes.at(0).send.content;
  ASSERT_EQ(content.parts.size(), 2U);
  EXPECT_EQ(content.multipart, Multipart::alternative);
  EXPECT_EQ(content.parts[1].parts.at(0).type, "text/html");
}

struct Wrong {
  const char* name;
  std::string text;
  std::vector<const char*> says;
};
void PrintTo(const Wrong& row, std::ostream* os) { *os << row.name; }

class WrongScenario : public testing::TestWithParam<Wrong> {};

TEST_P(WrongScenario, IsToldWithItsPlaceAndARemedy) {
  const auto message = problem(GetParam().text);
  for (const auto* words : GetParam().says)
    EXPECT_NE(message.find(words), std::string::npos) << words << "\n" << message;
}

std::string many(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i > 0 ? ", " : "") + std::to_string(i);
  return "[" + list + "]";
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongScenario,
    testing::Values(
        Wrong{"no_yaml", "probes: [", {"f.yaml:", "this is not YAML"}},
        Wrong{"a_list", "probes: {name: plain}\n", {"f.yaml:3:9: ", "\"probes\" is to be a list, not a map"}},
        Wrong{"no_probes", "", {"f.yaml:1:1: no \"probes\": What is sent, a list: [{name: plain}]"}},
        Wrong{"known_once", "probes: [{xyzzy: a, name: a}]\n", {"known here are name, tags"}},
        Wrong{"nor", "probes: [{name: a, expect: [{nor: [mailbox exists]}]}]\n", {"did you mean \"not\"?"}},
        Wrong{"header_map",
              "probes: [{name: a, send: {headers: {X-L: [a, {b: c}]}}}]\n",
              {"\"X-L\" is to be a text, not a map of keys"}},
        Wrong{"an_empty_list", "probes: []\n", {"f.yaml:", "\"probes\" is empty: "}},
        Wrong{"no_name", "probes:\n  - send: {subject: x}\n", {"f.yaml:4:5: ", "has no \"name\": Letters, digits"}},
        Wrong{"bad_name", "probes:\n  - name: a b\n", {"f.yaml:4:5: \"a b\" is no name: letters, digits"}},
        Wrong{"unknown_key",
              "probes:\n  - name: a\n    sned: {}\n",
              {"f.yaml:5:5: unknown key \"sned\" in \"probes\": did you mean \"send\"?"}},
        Wrong{"unknown_word",
              "probes:\n  - name: a\n    send: {tls: encypt}\n",
              {"f.yaml:5:17: ", "\"encypt\": did you mean \"encrypt\"?"}},
        Wrong{
            "no_duration", "probes: [{name: a, watch: {deadline: soon}}]\n", {"f.yaml:3:38: ", "a duration like 90s"}},
        Wrong{"no_word_at_all",
              "probes: [{name: a, send: {tls: sometimes}}]\n",
              {"\"sometimes\": may, encrypt, verify, sts or dane belongs here"}},
        Wrong{"no_size", "probes: [{name: a, send: {size: 1GB}}]\n", {"\"1GB\"", "64KB or 1MB belongs here"}},
        Wrong{"no_flag", "probes: [{name: a, watch: {reply: maybe}}]\n", {"true or false belongs here"}},
        Wrong{"too_many_repeats", "probes: [{name: a, repeat: 101}]\n", {"a whole number from 1 to 100"}},
        Wrong{"our_own_header",
              "probes: [{name: a, send: {headers: {Message-ID: x}}}]\n",
              {"f.yaml:3:37: ", "mailprobe writes itself: another name"}},
        Wrong{
            "no_header_name", "probes: [{name: a, send: {headers: {\"a b\": x}}}]\n", {"is no name of a header field"}},
        Wrong{"control_character",
              "probes: [{name: a, send: {headers: {X-A: \"a\\rb\"}}}]\n",
              {"\"X-A\" is to be a text without control characters"}},
        Wrong{"a_subject_that_is_several_fields",
              "probes:\n  - name: a\n    send: {subject: \"x\\r\\nReply-To: b@b.test\"}\n",
              {"f.yaml:5:21: \"subject\" is to be a text of one line, without control characters"}},
        Wrong{"a_subject_of_two_lines",
              "probes: [{name: a, send: {subject: \"x\\ny\"}}]\n",
              {"f.yaml:3:36: \"subject\" is to be a text of one line"}},
        Wrong{"a_subject_with_a_bare_return",
              "probes: [{name: a, send: {subject: \"x\\ry\"}}]\n",
              {"f.yaml:3:36: \"subject\" is to be a text of one line"}},
        Wrong{"a_subject_with_a_control_character",
              "probes: [{name: a, send: {subject: \"x\\x01y\"}}]\n",
              {"f.yaml:3:36: \"subject\" is to be a text of one line"}},
        Wrong{"a_subject_with_an_empty_line_at_its_end",
              "probes: [{name: a, send: {subject: \"x\\n\\n\"}}]\n",
              {"f.yaml:3:36: \"subject\" is to be a text of one line"}},
        Wrong{"a_subject_of_two_lines_by_a_variable",
              "variables: {v: \"x\\nX-Injected: yes\"}\nprobes: [{name: a, send: {subject: \"${v}\"}}]\n",
              {"f.yaml:4:36: \"subject\" is to be a text of one line"}},
        Wrong{
            "a_subject_of_two_lines_by_a_matrix",
            "probes: [{name: \"a-${n}\", matrix: {n: [1], v: [\"x\\nX-Injected: yes\"]}, send: {subject: \"${v}\"}}]\n",
            {"\"subject\" is to be a text of one line"}},
        Wrong{"a_file_of_two_lines",
              "probes: [{name: a, send: {attachments: [{filename: \"x\\ny\"}]}}]\n",
              {"f.yaml:3:52: \"filename\" holds a control character or a line end"}},
        Wrong{"a_file_with_a_control_character",
              "probes: [{name: a, send: {filename: \"x\\x7fy\"}}]\n",
              {"f.yaml:3:37: \"filename\" holds a control character or a line end"}},
        Wrong{"a_folder_of_two_lines",
              "probes: [{name: a, watch: {folders: [Archive, \"x\\r\\ny\"]}}]\n",
              {"f.yaml:3:47: \"folders\" holds a control character or a line end"}},
        Wrong{"one_folder_of_two_lines",
              "probes: [{name: a, watch: {folders: \"x\\r\\ny\"}}]\n",
              {"f.yaml:3:37: \"folders\" holds a control character or a line end"}},
        Wrong{"two_alike", "probes: [{name: a}, {name: a}]\n", {"f.yaml:3:21: there is another probe \"a\""}},
        Wrong{"as_a_repeat_of_another",
              "probes: [{name: a, repeat: 2}, {name: \"a#1\"}]\n",
              {"f.yaml:3:32: there is another probe \"a#1\": give it a name of its own"}},
        Wrong{"as_a_combination_of_another",
              "probes: [{name: a, matrix: {x: [\"1#1\"]}, send: {subject: \"${x}\"}}, {name: a/1, repeat: 2}]\n",
              {"there is another probe \"a/1#1\""}},
        Wrong{"reverse_path_of_what_spf_is_to_fail",
              "probes:\n  - {name: a, send: {from: spf-fail, reverse_path: empty}}\n  - {name: b, control_of: a}\n",
              {"f.yaml:4:", "\"from\" is \"spf-fail\"", "RFC 7208 §2.4", "leave out \"reverse_path\""}},
        Wrong{"reverse_path_of_what_dmarc_is_to_fail",
              "probes:\n  - {name: a, send: {from: dmarc-reject, dkim: {sign: false}, reverse_path: empty}}\n"
              "  - {name: b, control_of: a}\n",
              {"f.yaml:4:", "\"from\" is \"dmarc-reject\"", "leave out \"reverse_path\""}},
        Wrong{"canonicalization",
              "probes: [{name: a, send: {dkim: {canonicalization: relaxed}}}]\n",
              {"\"relaxed\"", "relaxed/relaxed, relaxed/simple"}},
        Wrong{"from_not_signed", "probes: [{name: a, send: {dkim: {headers: [Subject]}}}]\n", {"has no From"}},
        Wrong{"fault_unsigned",
              "probes: [{name: a, send: {dkim: {sign: false, fault: body-hash}}}]\n",
              {"\"fault\" is about signatures"}},
        Wrong{"no_control",
              "probes: [{name: a, send: {dkim: {fault: body-hash}}}]\n",
              {"f.yaml:3:10: ", "has no control: add a probe like it", "control_of: a"}},
        Wrong{"control_to_somebody_else",
              "probes: [{name: a, send: {dkim: {fault: body-hash}, to: x@y.test}}, {name: b, control_of: a}]\n",
              {"f.yaml:3:10: ", "the control of \"a\" goes to another recipient"}},
        Wrong{"control_of_nobody",
              "probes: [{name: a, control_of: plian}, {name: plain}]\n",
              {"\"control_of\" is \"plian\", and there is no such probe: did you mean \"plain\"?"}},
        Wrong{"control_with_fault",
              "probes: [{name: a, control_of: b, send: {dkim: {fault: signature}}}, {name: b}]\n",
              {"a control is what is right"}},
        Wrong{"body_and_parts", "probes: [{name: a, send: {body: x, parts: [{body: y}]}}]\n", {"it has no body"}},
        Wrong{"multipart_alone", "probes: [{name: a, send: {multipart: mixed}}]\n", {"and there are none"}},
        Wrong{"aggregate_of_nobody",
              "probes: [{name: plain}]\nexpect: [\"p95(latency, plian) < 30s\"]\n",
              {"f.yaml:4:10: there is no probe \"plian\": did you mean \"plain\"?"}},
        Wrong{"aggregate_of_a_fault",
              "probes: [{name: a, send: {dkim: {fault: body-hash}}}, {name: b, control_of: a}]\n"
              "expect: [\"max(latency, a) < 30s\"]\n",
              {"f.yaml:4:10: \"a\" is wrong on purpose, and counts for no p95(…)"}},
        Wrong{
            "line_length_of_nothing", "probes: [{name: a, send: {line_length: 78}}]\n", {"f.yaml:3:", "add size: 5KB"}},
        Wrong{"less_than_the_body",
              "probes: [{name: a, send: {size: 2, body: abc}}]\n",
              {"\"size\" is less than the body"}},
        Wrong{"type_of_a_multipart",
              "probes: [{name: a, send: {type: text/plain, filename: x, parts: [{body: y}]}}]\n",
              {"\"type\" is of a part", "\"filename\" is of a part"}},
        Wrong{"keys_of_none", "probes: [{name: a, send: {dkim: {sign: false, keys: [r1]}}}]\n", {"\"sign\" is false"}},
        Wrong{"not_7bit",
              "probes: [{name: a, send: {transfer_encoding: 7bit, body: Grüße}}]\n",
              {"not US-ASCII", "8bit, quoted-printable or base64 belongs here"}},
        Wrong{"long_8bit",
              "probes: [{name: a, send: {transfer_encoding: 8bit, body: " + std::string(999, 'a') + "}}]\n",
              {"a line of more than 998 octets", "\"line_length\""}},
        Wrong{
            "expectation",
            "probes:\n  - name: a\n    expect: [mailbox.foldr == INBOX]\n",
            {"f.yaml:5:14: expectation \"mailbox.foldr == INBOX\": there is no \"foldr\" in \"mailbox\": did you mean "
             "\"folder\"?"}},
        Wrong{"expectation_join",
              "probes: [{name: a, expect: [{one: [mailbox exists]}]}]\n",
              {"\"one\" is no way to join expectations", "any, all or not"}},
        Wrong{"not_of_two",
              "probes: [{name: a, expect: [{not: [mailbox exists, reply exists]}]}]\n",
              {"\"not\" takes one expectation"}},
        Wrong{"matrix_is_large",
              "probes:\n  - name: a\n    matrix: {x: " + many(20) + ", y: " + many(20) + "}\n",
              {"f.yaml:5:5: the matrix has 400 combinations: 200 are the most"}},
        Wrong{"too_many_messages",
              "probes: [{name: a, repeat: 100, matrix: {x: " + many(6) + "}}]\n",
              {"this makes 600 messages: 500 are the most"}},
        Wrong{
            "version", "probes: [{name: a}]\nversions: 1\n", {"unknown key \"versions\": did you mean \"version\"?"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ScenarioFile, LinesMayBeAsLongAsTheyMay) {
  const std::string before = "probes: [{name: a, send: {transfer_encoding: 8bit, body: ", line(998, 'a');
  EXPECT_EQ(problem(before + line + "}}]\n"), "none");
  std::string latin;
  for (int i = 0; i < 998; ++i) latin += "ü";
  EXPECT_EQ(problem(before + latin + ", charset: iso-8859-1}}]\n"), "none") << "an octet each";
  EXPECT_NE(problem(before + latin + ", charset: utf-8}}]\n"), "none");
  EXPECT_EQ(problem("probes: [{name: a, send: {transfer_encoding: 7bit, body: \"\", size: 5KB, line_length: 2000}}]\n"),
            "none")
      << "on purpose";
}

TEST(ScenarioFile, AVersionToComeIsRefused) {
  const auto scenario = load("version: 2\nname: a\nprobes: [{name: a}]\n", "f.yaml", outside());
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().kind, Failure::usage);
  EXPECT_EQ(scenario.error().message, "f.yaml:1:10: \"version\" is \"2\": a whole number from 1 to 1 belongs here");
}

TEST(ScenarioFile, EveryMistakeIsToldAtOnce) {
  const auto message = problem("probes:\n  - name: a\n    repeat: no\n    sned: {}\n");
  EXPECT_NE(message.find("f.yaml:5:13: "), std::string::npos) << message;
  EXPECT_NE(message.find("\nf.yaml:6:5: "), std::string::npos) << message;
}

}  // namespace
}  // namespace mailprobe::scenarios
