// Variables and matrices: what stands in their place, whose secrets, and what is said of those that do not exist.
#include "tests/scenarios/loaded.h"

namespace mailprobe::scenarios {
namespace {

std::string subject(const Probe& probe) { return probe.send.subject.value_or("none"); }

TEST(Variables, OfTheFileAndOfTheCommandLine) {
  const auto scenario = loaded(
      "variables: {who: world}\n"
      "probes: [{name: a, send: {to: \"${target}\", subject: \"hello ${who}, $${who}\"}}]\n");
  EXPECT_EQ(subject(scenario.probes.at(0)), "hello world, ${who}");
  EXPECT_EQ(scenario.probes.at(0).send.to, "reflector@target.test");
  EXPECT_EQ(scenario.uses, (std::vector<std::string>{"target", "who", "who"})) << "mentioned, and defined";
  auto given = outside();
  given.given["who"] = "you";
  const auto set =
      load(whole("variables: {who: world}\nprobes: [{name: a, send: {subject: \"${who}\"}}]\n"), "f", given);
  EXPECT_EQ(subject(set.value().probes.at(0)), "you") << "what was given comes first";
  const auto secret = load(whole("variables: {who: {env: TOKEN}}\nprobes: [{name: a}]\n"), "f", given);
  ASSERT_FALSE(secret) << "everybody can see a command line";
  EXPECT_NE(secret.error().message.find("\"who\" is a secret, which --set would show"), std::string::npos)
      << secret.error().message;
  EXPECT_EQ(problem("variables: {target: nobody@example.org}\nprobes: [{name: a}]\n"),
            "f.yaml:3:13: \"target\" is what --to says: give the variable another name");
}

TEST(Variables, StandInEachOthersValuesInAnyOrder) {
  const std::string text =
      "variables: {whole: \"${both}! $${a}\", both: \"${a}${b}\", a: x, b: \"y ${c} ${target}\", c: z}\n"
      "probes: [{name: a, send: {subject: \"${whole}\"}}]\n";
  EXPECT_EQ(subject(loaded(text).probes.at(0)), "xy z reflector@target.test! ${a}");
  auto given = outside();
  given.given["c"] = "${a}";
  const auto set = load(whole(text), "f", given);
  EXPECT_EQ(subject(set.value().probes.at(0)), "xy ${a} reflector@target.test! ${a}") << "what was given is itself";
  given.given["d"] = "only given";
  const auto mentioned = load(whole("variables: {e: \"${d}\"}\nprobes: [{name: a}]\n"), "f", given);
  EXPECT_NE(std::ranges::find(mentioned.value().uses, "d"), mentioned.value().uses.end());
}

TEST(Variables, WhatHasASecretInItIsOne) {
  const std::string variables =
      "variables: {login: \"${user} ${token}\", user: me, token: {env: TOKEN}, raw: {file: \"${a}\"}}\n";
  auto given = outside();
  given.file = [](const std::string&) -> Result<Secret> { return Secret("${user} whole"); };
  const auto scenario =
      load(whole(variables + "probes: [{name: a, send: {body: \"${login} ${raw}\", subject: \"${user}\"}}]\n"),
           "f.yaml", given);
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->probes.at(0).send.content.body, "me s3cret-token ${user} whole") << "what is outside is as it is";
  EXPECT_TRUE(scenario->probes.at(0).secret);
  std::vector<std::string> values;
  for (const auto& secret : scenario->secrets) values.push_back(secret.reveal());
  EXPECT_EQ(values, (std::vector<std::string>{"me s3cret-token", "${user} whole", "s3cret-token"}))
      << "that of each is hidden";
  const auto refused = load(whole(variables + "probes: [{name: a, send: {to: \"${login}\"}}]\n"), "f.yaml", given);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("s3cret-token"), std::string::npos);
  EXPECT_NE(refused.error().message.find("f.yaml:4:31: \"login\" is a secret"), std::string::npos)
      << refused.error().message;
}

/// One in the next, so many of them.
std::string nested(int count, const std::string& each) {
  std::string text = "variables: {v0: 0123456789";
  for (int i = 1; i < count; ++i) {
    const auto before = "${v" + std::to_string(i - 1) + "}";
    text += ", v" + std::to_string(i) + ": \"" + before + each + (each.empty() ? before : "") + "\"";
  }
  return text + "}\nprobes: [{name: a}]\n";
}

TEST(Variables, WithinEachOtherAreBounded) {
  EXPECT_EQ(problem(nested(20, " ")), "none");
  EXPECT_NE(problem(nested(21, " ")).find("variables stand in each other's values more than 20 deep"),
            std::string::npos);
  std::string backwards = "variables: {z: x";
  for (char c = 'y'; c > 'd'; --c)
    backwards += ", " + std::string(1, c) + ": \"${" + std::string(1, static_cast<char>(c + 1)) + "}\"";
  EXPECT_NE(problem(backwards + "}\nprobes: [{name: a}]\n").find("more than 20 deep"), std::string::npos);
  const auto large = problem(nested(20, ""));
  EXPECT_NE(large.find("this value is larger than 1 MB"), std::string::npos) << large;
}

TEST(Variables, NoSecretIsTheNameOfAField) {
  const std::string file =
      "variables: {pw: {env: TOKEN}}\n"
      "probes: [{name: a, send: {dkim: {headers: [From, \"${pw}\"]}}}]\n";
  const auto message = problem(file);
  EXPECT_NE(message.find("f.yaml:4:"), std::string::npos) << message;
  EXPECT_NE(message.find("\"pw\" is a secret"), std::string::npos) << message;
  EXPECT_EQ(message.find("s3cret-token"), std::string::npos) << message;
}

TEST(Variables, SecretsStandInTheMessage) {
  const auto scenario = loaded(
      "variables: {token: {env: TOKEN}, other: {file: token.txt}}\n"
      "probes: [{name: a, send: {body: \"${token}\", headers: {X-A: \"${other}\"}}}]\n");
  EXPECT_EQ(scenario.probes.at(0).send.content.body, "s3cret-token");
  EXPECT_EQ(scenario.probes.at(0).send.headers.at(0).second, "from a file");
}

TEST(Variables, WhichMessagesHoldASecretIsKnown) {
  const auto scenario = loaded(
      "variables: {t: {env: TOKEN}, f: {file: token.txt}, v: plain}\n"
      "probes:\n"
      "  - {name: subject, send: {subject: \"a ${t}\"}}\n"
      "  - {name: none, send: {subject: \"${v}\", body: \"$${t}\"}}\n"
      "  - {name: body, repeat: 3, send: {body: \"${t}\"}}\n"
      "  - {name: header, send: {headers: {X-A: [\"b\", \"${f}\"]}}}\n"
      "  - {name: combined, matrix: {k: [a, b]}, send: {body: \"${t} ${k}\"}}\n"
      "  - {name: other, matrix: {k: [a, b]}, send: {body: \"${k}\"}}\n"
      "  - {name: part, send: {multipart: mixed, parts: [{body: x}, {multipart: mixed, parts: [{body: \"${t}\"}]}]}}\n"
      "  - {name: attached, send: {attachments: [{filename: a.txt, transfer_encoding: base64, body: \"${t}\"}]}}\n"
      "  - {name: last, send: {body: \"${t}\"}}\n");
  std::vector<std::string> names;
  for (const auto& probe : scenario.probes)
    if (probe.secret) names.push_back(probe.name);
  EXPECT_EQ(names, (std::vector<std::string>{"subject", "body", "header", "combined/a", "combined/b", "part",
                                             "attached", "last"}));
  ASSERT_EQ(scenario.secrets.size(), 2U);
  EXPECT_EQ(scenario.secrets[0].reveal(), "from a file");
  EXPECT_EQ(scenario.secrets[1].reveal(), "s3cret-token");
  EXPECT_TRUE(scenario.warnings.empty());
}

TEST(Variables, OfASecretThatNoMessageHoldsNothingIsHidden) {
  const auto scenario = loaded("variables: {t: {env: TOKEN}}\nprobes: [{name: a, send: {body: b}}]\n");
  EXPECT_FALSE(scenario.probes.at(0).secret);
  EXPECT_TRUE(scenario.secrets.empty());
}

TEST(Variables, ASecretTooShortToBeMaskedIsRefused) {
  auto given = outside();
  given.environment = [](const std::string& name) { return std::optional(Secret(name == "NONE" ? "" : " s3v3n-7 ")); };
  const auto scenario = load(whole("variables: {t: {env: TOKEN}, n: {env: NONE}}\n"
                                   "probes: [{name: a, send: {body: \"${t} ${n}\"}}]\n"),
                             "f.yaml", given);
  ASSERT_FALSE(scenario);
  const auto& told = scenario.error().message;
  EXPECT_NE(told.find("f.yaml:3:13: \"t\" is a secret of 7 characters: 8 are the least"), std::string::npos) << told;
  EXPECT_NE(told.find("f.yaml:3:30: \"n\" is a secret of 0 characters"), std::string::npos) << told;
  EXPECT_EQ(told.find("s3v3n"), std::string::npos) << told;
}

struct Row {
  const char* name;
  const char* text;
  std::vector<const char*> says;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class WrongVariable : public testing::TestWithParam<Row> {};

TEST_P(WrongVariable, IsToldAndNoSecretWithIt) {
  const auto message = problem(GetParam().text);
  for (const auto* words : GetParam().says)
    EXPECT_NE(message.find(words), std::string::npos) << words << "\n" << message;
  EXPECT_EQ(message.find("s3cret-token"), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongVariable,
    testing::Values(
        Row{"unknown",
            "probes: [{name: a, send: {to: \"${taget}\"}}]\n",
            {"f.yaml:3:31: there is no variable \"taget\": did you mean \"target\"?"}},
        Row{"a_name_that_cannot_be_shown",
            "variables: {\"a\\e[1m\": x}\nprobes: [{name: a, send: {to: \"${nobody}\"}}]\n",
            {"\"nobody\": defined are target", "\"a\\x1b[1m\" is no name"}},
        Row{"in_itself",
            "variables: {a: \"x ${a}\"}\nprobes: [{name: a}]\n",
            {"f.yaml:3:16: \"a\" has itself in it: a -> a"}},
        Row{"in_a_ring",
            "variables: {t: {env: TOKEN}, a: \"${b} ${t}\", b: \"${c}\", c: \"${b}\"}\nprobes: [{name: a}]\n",
            {"\"b\" has itself in it: b -> c -> b"}},
        Row{"unknown_in_a_variable",
            "variables: {word: x, a: \"${wrod}\"}\nprobes: [{name: a}]\n",
            {"f.yaml:3:25: there is no variable \"wrod\": did you mean \"word\"?"}},
        Row{"open", "probes: [{name: a, send: {to: \"${target\"}}]\n", {"\"${\" has no \"}\"", "$${"}},
        Row{"secret_in_an_address",
            "variables: {t: {env: TOKEN}}\nprobes: [{name: a, send: {to: \"${t}\"}}]\n",
            {"f.yaml:4:31: \"t\" is a secret: it may stand in body, subject and headers only"}},
        Row{"secret_in_a_word",
            "variables: {t: {env: TOKEN}}\nprobes: [{name: a, send: {body: \"${t}\", tls: \"${t}\"}}]\n",
            {"\"t\" is a secret"}},
        Row{"secret_with_a_wrong_header",
            "variables: {t: {env: TOKEN}}\nprobes: [{name: a, send: {headers: {X-A: \"${t}\\r\"}}}]\n",
            {"\"X-A\" is to be a text without control characters"}},
        Row{"secret_in_a_matrix",
            "variables: {t: {env: TOKEN}}\nprobes: [{name: a, matrix: {x: [\"${t}\"]}}]\n",
            {"\"t\" is a secret"}},
        Row{"no_such_environment",
            "variables: {t: {env: NONE}}\nprobes: [{name: a}]\n",
            {"f.yaml:3:13: \"t\": the environment has no such variable: set it"}},
        Row{"no_such_file", "variables: {t: {file: none.txt}}\nprobes: [{name: a}]\n", {"none.txt cannot be read"}},
        Row{"both",
            "variables: {t: {env: TOKEN, file: token.txt}}\nprobes: [{name: a}]\n",
            {"write a text, {env: NAME} or {file: PATH}"}},
        Row{"a_list", "variables: {t: [a]}\nprobes: [{name: a}]\n", {"\"variables.t\" is to be a map of keys"}},
        Row{"bad_name", "variables: {\"a b\": x}\nprobes: [{name: a}]\n", {"\"a b\" is no name"}},
        Row{"matrix_takes_a_name", "probes: [{name: a, matrix: {target: [b]}}]\n", {"is a variable already"}},
        Row{"matrix_is_no_map", "probes: [{name: a, matrix: [b]}]\n", {"\"matrix\" is to be a map of names"}},
        Row{"matrix_without_values", "probes: [{name: a, matrix: {x: []}}]\n", {"a list of 1 to 200 single values"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Secrets, HaveTheLineEndOfTheirFileNotInASubject) {
  auto with = outside();
  for (const auto* end : {"\n", "\r\n"}) {
    with.file = [&](const std::string&) -> Result<Secret> { return Secret(std::string("canary-5f1d") + end); };
    const auto scenario = load(
        whole("variables: {s: {file: s.txt}}\nprobes: [{name: a, send: {subject: \"x ${s}\"}}]\n"), "f.yaml", with);
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->probes.at(0).send.subject, "x canary-5f1d");
  }
  EXPECT_EQ(loaded("probes:\n  - name: a\n    send:\n      subject: |\n        x\n").probes.at(0).send.subject, "x");
}

TEST(Secrets, OfSeveralLinesAreNoSubject) {
  auto with = outside();
  with.file = [](const std::string&) -> Result<Secret> { return Secret("canary-5f1d\nX-Injected: yes"); };
  constexpr std::string_view rest =
      "variables: {s: {file: s.txt}}\nprobes: [{name: a, send: {subject: \"x ${s}\", body: \"${s}\"}}]\n";
  const auto scenario = load(whole(rest), "f.yaml", with);
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().message,
            "f.yaml:4:36: \"subject\" is to be a text of one line, without control characters");
}

TEST(Matrix, MakesEveryCombinationWithANameOfItsOwn) {
  const auto scenario = loaded(R"(
probes:
  - name: text
    matrix: {charset: [us-ascii, utf-8], size: [500, 64KB]}
    send: {charset: "${charset}", size: "${size}", subject: "${charset} ${size}"}
)");
  ASSERT_EQ(scenario.probes.size(), 4U);
  EXPECT_EQ(scenario.probes[0].name, "text/us-ascii/500");
  EXPECT_EQ(scenario.probes[3].name, "text/utf-8/64KB");
  EXPECT_EQ(scenario.probes[3].variation, "charset=utf-8 size=64KB");
  EXPECT_EQ(subject(scenario.probes[2]), "utf-8 500");
  EXPECT_EQ(scenario.probes[1].send.content.size->bytes, 64'000);
}

TEST(Matrix, OfAControlMayBeTheSame) {
  const auto scenario = loaded(R"(
probes:
  - name: bad
    matrix: {kind: [body-hash, signature]}
    send: {dkim: {fault: "${kind}"}}
  - {name: good, control_of: bad}
)");
  EXPECT_EQ(scenario.probes.size(), 3U);
}

TEST(Matrix, ValuesThatAreNoNamesAreKeptInTheName) {
  const auto scenario = loaded("probes: [{name: a, matrix: {c: [relaxed/simple]}}]\n");
  EXPECT_EQ(scenario.probes.at(0).name, "a/relaxed/simple");
}

}  // namespace
}  // namespace mailprobe::scenarios
