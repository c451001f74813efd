// A test of curl's as data: what its server says, what its client must write. Placeholders are filled in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::test {

struct CurlCase {
  std::vector<std::string> server;    // <servercmd>: "CAPA SIZE", "AUTH PLAIN", "REPLY EHLO 500 no"
  std::vector<std::string> protocol;  // <protocol>: the client's lines, without CRLF
  std::string message;                // <stdin> or <file>, with CRLF
  std::string upload;                 // <upload>: what DATA carries, with CRLF
  std::string command;                // the command line
  bool fails = false;                 // <errorcode> is there

  /// `name` stands for %TESTNUMBER: the HELO name, or a folder.
  static CurlCase load(const std::filesystem::path& file, std::string_view name);

  /// What the server announces or does: the words after "CAPA", "AUTH"; empty: nothing.
  [[nodiscard]] std::string words(std::string_view keyword) const;
  /// The reply that stands for the one to `command`; nullopt: the usual one.
  [[nodiscard]] std::optional<std::string> reply(std::string_view command) const;
  /// The value of an option on the command line.
  [[nodiscard]] std::string option(std::string_view name) const;
};

}  // namespace mailprobe::test
