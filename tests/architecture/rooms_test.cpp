// The rooms and their arrows: which room may include which (docs/architecture.md), read off the #include lines.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/conformance.h"

namespace mailprobe::test {
namespace {

using Rooms = std::set<std::string>;

const std::map<std::string, Rooms>& may_use() {
  static const std::map<std::string, Rooms> table{
      {"base", {}},
      {"dns", {"base"}},
      {"tls", {"base", "dns"}},
      {"auth", {"base", "dns"}},
      {"sasl", {"base"}},
      {"smtp", {"base", "tls", "sasl"}},
      {"imap", {"base", "tls", "sasl"}},
      {"evidence", {"base", "auth"}},
      {"reports", {"base", "auth", "evidence"}},
      {"receiver", {"base", "dns", "tls", "auth", "smtp", "evidence"}},
      {"yaml", {"base"}},
      {"scenarios", {"base", "evidence", "yaml"}},
      {"probe", {"base", "dns", "tls", "auth", "sasl", "smtp", "imap", "evidence", "reports", "receiver", "scenarios"}},
      {"history", {"base", "evidence"}},
      {"reporter", {"base", "evidence"}},
      {"reflector", {"base", "dns", "tls", "auth", "smtp", "imap", "evidence", "receiver", "probe"}},
      {"lab", {"base", "dns", "tls", "auth", "sasl", "smtp", "imap", "evidence", "receiver"}},
      {"app",
       {"base", "dns", "tls", "auth", "smtp", "imap", "evidence", "receiver", "scenarios", "probe", "reflector",
        "reporter", "history", "lab", "yaml"}},
  };
  return table;
}

/// Headers that name no library beyond base/task.h's Asio: who includes them compiles fast.
const Rooms heavy{"openssl", "boost",  "mimetic", "yaml-cpp", "CLI",     "kainjow",   "ldns",     "unbound.h",
                  "event2",  "spdlog", "expat.h", "zlib.h",   "minizip", "SQLiteCpp", "sqlite3.h"};

struct Include {
  std::filesystem::path file;
  std::string room, target;
};

std::vector<Include> includes() {
  static const std::regex line_of(R"(^\s*#include\s+[<"]([^>"]+)[>"])");
  std::vector<Include> found;
  for (const auto& [room, uses] : may_use())
    for (const auto& file : files_below(std::filesystem::path(MAILPROBE_SOURCE_DIR) / room)) {
      if (file.extension() != ".h" && file.extension() != ".cpp") continue;
      std::istringstream text(read_file(file));
      std::smatch match;
      for (std::string line; std::getline(text, line);)
        if (std::regex_search(line, match, line_of)) found.push_back({file, room, match[1]});
    }
  return found;
}

std::string first_part(const std::string& path) { return path.substr(0, path.find('/')); }

TEST(Rooms, UseOnlyWhatTheyMay) {
  const auto all = includes();
  EXPECT_GT(all.size(), 100U);
  for (const auto& include : all) {
    const auto target = first_part(include.target);
    if (!may_use().contains(target) || target == include.room) continue;
    EXPECT_TRUE(may_use().at(include.room).contains(target)) << include.file << " includes " << include.target;
  }
}

TEST(Rooms, AuthKnowsOnlyTheInterfaceOfDns) {
  for (const auto& include : includes())
    if (include.room == "auth" && first_part(include.target) == "dns")
      EXPECT_TRUE(include.target == "dns/resolver.h" || include.target == "dns/records.h")
          << include.file << " includes " << include.target;
}

TEST(Rooms, TestsAreNotInTheProgram) {
  for (const auto& include : includes())
    EXPECT_NE(first_part(include.target), "tests") << include.file << " includes " << include.target;
}

TEST(Rooms, HeadersStayLight) {
  static const Rooms allowed{"base/task.h",                      // the coroutine type
                             "dns/unbound_resolver.h",           // an executor
                             "tls/openssl.h", "tls/waiting.h"};  // for the sources of their room
  for (const auto& include : includes()) {
    const auto file = std::filesystem::relative(include.file, MAILPROBE_SOURCE_DIR).string();
    if (include.file.extension() != ".h" || allowed.contains(file)) continue;
    if (!heavy.contains(first_part(include.target))) continue;
    ADD_FAILURE() << file << " includes <" << include.target << ">: keep it in a source file";
  }
}

TEST(Rooms, EveryHeaderSaysWhatItIs) {
  for (const auto& [room, uses] : may_use())
    for (const auto& file : files_below(std::filesystem::path(MAILPROBE_SOURCE_DIR) / room, ".h"))
      EXPECT_TRUE(read_file(file).starts_with("// ")) << file << " does not begin with a comment";
}

}  // namespace
}  // namespace mailprobe::test
