// What real servers wrote, as other mail programs have it in their tests: every line of it parses.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "imap/response.h"
#include "tests/imap/frames.h"
#include "tests/support/conformance.h"

namespace mailprobe::imap {
namespace {

/// Each response of `text`; the number of them.
std::size_t expect_parses(const std::string& text, const std::filesystem::path& file) {
  const auto frames = test::frames(text);
  EXPECT_TRUE(frames) << file << ": " << (frames ? "" : frames.error().message);
  if (!frames) return 0;
  for (const auto& frame : *frames) {
    const auto response = parse_response(frame);
    EXPECT_TRUE(response) << file << ": " << (response ? "" : response.error().message) << ": " << frame.substr(0, 200);
  }
  return frames->size();
}

TEST(ImapConformance, TranscriptsOfManyServers) {
  MAILPROBE_CONFORMANCE(folder, "imap-mailkit");
  std::size_t files = 0, responses = 0;
  for (const auto& file : test::files_below(folder, ".txt")) {
    if (file.filename() == "SOURCE.txt") continue;
    ++files;
    responses += expect_parses(to_crlf(test::read_file(file)), file);  // literals are counted so
  }
  EXPECT_GE(files, 300U);
  EXPECT_GE(responses, 1200U);
}

TEST(ImapConformance, TracesOfTheRfcs) {
  MAILPROBE_CONFORMANCE(folder, "imap-traces");
  std::size_t responses = 0;
  for (const auto& file : test::files_below(folder, ".txt")) {
    const auto text = test::read_file(file);
    for (auto line : split(text, '\n'))
      if (line.starts_with("S: ")) responses += expect_parses(std::string(trim(line.substr(3))) + "\r\n", file);
  }
  EXPECT_GE(responses, 45U);
}

TEST(ImapConformance, SingleLinesOfTheRfcs) {
  MAILPROBE_CONFORMANCE(folder, "imap-traces");
  const auto file = folder / "known_positive.json";
  const auto json = boost::json::parse(test::read_file(file));
  std::size_t responses = 0;
  for (const auto& each : json.as_array())
    if (each.at("side").as_string() == "response")
      responses += expect_parses(std::string(each.at("line").as_string()), file);
  EXPECT_GE(responses, 30U);
}

/// Scripts made to test servers: what the server is to say, where it is one line and holds no variable.
TEST(ImapConformance, AnswersThatImaptestExpects) {
  MAILPROBE_CONFORMANCE(folder, "imap-imaptest");
  std::size_t responses = 0;
  for (const auto& file : test::files_below(folder)) {
    if (file.extension() == ".mbox") continue;
    const auto text = test::read_file(file);
    for (auto line : split(text, '\n')) {
      line = trim(line);
      const bool whole = line.find('$') == std::string_view::npos && !line.ends_with("{{{");
      if (line.starts_with("* ") && whole) responses += expect_parses(std::string(line) + "\r\n", file);
    }
  }
  EXPECT_GE(responses, 200U);
}

}  // namespace
}  // namespace mailprobe::imap
