// What is made from the definition of the command line: completions, as the shells themselves use them, and the manual
// page; schemas and templates as files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>

#include "app/command_syntax.h"
#include "app/completion.h"
#include "base/text.h"
#include "evidence/schema.h"
#include "tests/app/run_program.h"
#include "tests/support/conformance.h"

namespace mailprobe::app {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class ShellTest : public test::ProgramTest {
 protected:
  /// Its output and what it complains of; the test fails where it fails.
  static std::string output_of(const std::string& command) {
    std::string out;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return "cannot be run";
    std::array<char, 4096> piece{};
    while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) out.append(piece.data(), count);
    EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << out;
    return out;
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (const auto line : split(text, '\n'))
      if (!line.empty()) lines.emplace_back(line);
    return lines;
  }
  std::string script(const char* shell) const {
    const auto ran = run({"completion", shell});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return folder.write(std::string("completion.") + shell, ran.out).string();
  }
  /// What bash offers for the last of the words.
  std::vector<std::string> bash_offers(const std::string& words, int index) const {
    const auto command = "source " + script("bash") + "; COMP_WORDS=(" + words +
                         "); COMP_CWORD=" + std::to_string(index) + "; _mailprobe; printf '%s\\n' \"${COMPREPLY[@]}\"";
    folder.write("zz-ask.sh", command + "\n");
    return lines_of(output_of("bash --norc " + (folder.path() / "zz-ask.sh").string()));
  }
  std::vector<std::string> fish_offers(const std::string& line) const {
    folder.write("ask.fish", "source " + script("fish") + "\ncomplete -C '" + line + "'\n");
    std::vector<std::string> words;
    for (const auto& offer : lines_of(output_of("fish --no-config " + (folder.path() / "ask.fish").string())))
      words.push_back(offer.substr(0, offer.find('\t')));
    return words;
  }
};

TEST_F(ShellTest, TheTableHasWhatTheHelpHas) {
  const auto table = command_table();
  EXPECT_GT(table.size(), 15U);
  for (const auto& command : table) {
    const auto help = help_text(command.name);
    for (const auto& option : command.options) EXPECT_THAT(help, HasSubstr(option.names.back())) << command.name;
  }
}

TEST_F(ShellTest, BashCompletesCommandsOptionsAndValues) {
  EXPECT_THAT(bash_offers("mailprobe se", 1), testing::ElementsAre("send"));
  EXPECT_THAT(bash_offers("mailprobe --lab in", 2), testing::UnorderedElementsAre("inspect", "init"));
  EXPECT_THAT(bash_offers("mailprobe send --t", 2), testing::IsSupersetOf({"--to", "--tls", "--traps", "--tap"}));
  EXPECT_THAT(bash_offers("mailprobe inspect --t", 2), Not(Contains("--to")));
  EXPECT_THAT(bash_offers("mailprobe send --tls ''", 3),
              testing::ElementsAre("may", "encrypt", "verify", "sts", "dane"));
  EXPECT_THAT(bash_offers("mailprobe completion ''", 2), testing::IsSupersetOf({"bash", "zsh", "fish"}));
  EXPECT_THAT(bash_offers("mailprobe send --to x", 3), testing::IsEmpty());
}

TEST_F(ShellTest, BashCompletesFilesWithSpaces) {
  folder.write("a scenario.yaml", "");
  EXPECT_THAT(bash_offers("mailprobe run a", 2), testing::ElementsAre("a scenario.yaml"));
  EXPECT_THAT(bash_offers("mailprobe run base", 2), testing::ElementsAre("baseline"));
  EXPECT_THAT(bash_offers("mailprobe send --html 'a s'", 3), testing::ElementsAre("a scenario.yaml"));
}

TEST_F(ShellTest, FishCompletesCommandsOptionsAndValues) {
  EXPECT_THAT(fish_offers("mailprobe sen"), testing::ElementsAre("send"));
  EXPECT_THAT(fish_offers("mailprobe send --tl"), testing::ElementsAre("--tls"));
  EXPECT_THAT(fish_offers("mailprobe send --tls "), Contains("dane"));
  EXPECT_THAT(fish_offers("mailprobe run base"), Contains("baseline"));
}

/// Its own completion system needs a terminal; what _arguments is given is seen without.
TEST_F(ShellTest, ZshIsGivenEachCommandsOptions) {
  folder.write("ask.zsh",
               "compdef() { }\n_describe() { print -l -- ${(P)2} }\n"
               "_arguments() { if [[ $1 == -C ]]; then state=$asked line=(send); else print -rl -- \"$@\"; fi }\n"
               "source " +
                   script("zsh") + "\nasked=command; _mailprobe; asked=rest; _mailprobe\n");
  const auto out = output_of("zsh -f " + (folder.path() / "ask.zsh").string());
  for (const auto* line :
       {"inspect:Show how a domain receives mail, without sending any\n", "*--to[Whom to send to]:ADDRESS: \n",
        "*--html[A report to look at, in one file]:FILE:_files\n", ":FLOOR:(may encrypt verify sts dane)\n", "*--lab[",
        "*-q[Nothing but errors]\n"})
    EXPECT_THAT(out, HasSubstr(line));
  EXPECT_THAT(out, Not(HasSubstr("--domains")));
}

TEST_F(ShellTest, NoOtherShell) {
  const auto ran = run({"completion", "csh"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("\"mailprobe completion bash\", zsh or fish"));
}

TEST_F(ShellTest, TheManualHasEveryOptionAndNoMistake) {
  const auto ran = run({"man"});
  ASSERT_EQ(ran.status, 0);
  folder.write("mailprobe.1", ran.out);
  const auto file = (folder.path() / "mailprobe.1").string();
  EXPECT_EQ(output_of("groff -man -Tutf8 -ww -z " + file), "");
  const auto shown = output_of("groff -man -Tascii -P-cbou " + file);
  for (const auto& command : command_table())
    for (const auto& option : command.options) EXPECT_THAT(shown, HasSubstr(option.names.back())) << command.name;
  EXPECT_THAT(shown, HasSubstr("mailprobe diff RUN RUN"));
  EXPECT_THAT(shown, HasSubstr("EXIT STATUS"));
}

TEST_F(ShellTest, TheSchemaInTheDocumentationIsTheOneThatIsPrinted) {
  const auto ran = run({"schema", "evidence"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto file = std::filesystem::path(MAILPROBE_SOURCE_DIR) / "docs/evidence.schema.json";
  EXPECT_EQ(ran.out, test::read_file(file)) << "mailprobe schema evidence > docs/evidence.schema.json";
  EXPECT_EQ(run({"schema"}).out, run({"schema", "scenario"}).out);
  EXPECT_EQ(run({"schema", "everything"}).status, 2);
}

// --- templates ------------------------------------------------------------------------------------------------------

class TemplateFilesTest : public test::ProgramTest {
 protected:
  test::Ran page(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"--lab",  "inspect",  "target.test", "--no-survey", "--no-history",
                                 "--html", "out.html", "-q",          "--template",  "look"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
};

TEST_F(TemplateFilesTest, WhatIsWrittenOutIsWhatIsBuiltIn) {
  EXPECT_EQ(run({"templates", "look"}).status, 0);
  EXPECT_EQ(run({"templates", "look"}).status, 2) << "nothing is overwritten";
  ASSERT_EQ(page().status, 0);
  EXPECT_THAT(folder.read("out.html"), HasSubstr("<section id=\"findings\""));
}

TEST_F(TemplateFilesTest, OneOfOnesOwnIsUsedAndTheRestFollows) {
  folder.write("look/findings.mustache", "<section id=\"findings\"><h2>Mine</h2></section>");
  folder.write("look/README", "{{{not a template}}}");
  ASSERT_EQ(page().status, 0);
  EXPECT_THAT(folder.read("out.html"), HasSubstr("<h2>Mine</h2>"));
  EXPECT_THAT(folder.read("out.html"), HasSubstr("<section id=\"servers\""));
}

TEST_F(TemplateFilesTest, WhatIsWrongIsToldByFileAndLineBeforeAnything) {
  folder.write("look/findings.mustache", "<h2>\n{{#groups}}\n</h2>");
  const auto ran = page();
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("look/findings.mustache:2: the section {{groups}} begins here"));
  EXPECT_FALSE(std::filesystem::exists("out.html"));
  folder.write("look/findings.mustache", "");
  folder.write("look/finding.mustache", "");
  EXPECT_THAT(page().err, HasSubstr("look/finding.mustache:1: there is no template \"finding\""));
}

TEST_F(TemplateFilesTest, NobodyWritesIntoAPipe) {
  folder.write("look/style.css", "");
  ASSERT_EQ(::mkfifo("look/badge.mustache", S_IRUSR | S_IWUSR), 0);
  const auto ran = page();
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("look/badge.mustache is no file that a template could be in"));
}

TEST_F(TemplateFilesTest, AFolderWithoutTemplatesIsAMistake) {
  EXPECT_EQ(page().status, 2);
  folder.write("look/README", "");
  EXPECT_THAT(page().err, HasSubstr("\"mailprobe templates look\" writes them"));
}

}  // namespace
}  // namespace mailprobe::app
