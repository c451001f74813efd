#include "tests/support/curl_case.h"

#include "base/encoding.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::test {

namespace {

void replace(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

/// "%00" spelt out.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    out += byte && !byte->empty() ? *byte : std::string(1, text[i]);
    if (byte && !byte->empty()) i += 2;
  }
  return out;
}

/// "%b64[…]b64%" and "%hex[…]hex%".
void fill_in(std::string& text, std::string_view open, std::string_view close, bool as_base64) {
  for (std::size_t at; (at = text.find(open)) != std::string::npos;) {
    const auto end = text.find(close, at);
    const auto inner = percent_decoded(text.substr(at + open.size(), end - at - open.size()));
    text.replace(at, end + close.size() - at, as_base64 ? base64(inner) : inner);
  }
}

std::string section(const std::string& file, const std::string& name, std::string_view test_name) {
  const auto open = file.find("<" + name);
  const auto begin = open == std::string::npos ? open : file.find(">\n", open);
  const auto end = begin == std::string::npos ? begin : file.find("</" + name + ">", begin);
  if (end == std::string::npos) return {};
  auto text = file.substr(begin + 2, end - begin - 2);
  replace(text, "%TESTNUMBER", test_name);
  replace(text, "%LT", "<");
  replace(text, "%GT", ">");
  replace(text, "%CR\n", "\n");
  fill_in(text, "%b64[", "]b64%", true);
  fill_in(text, "%hex[", "]hex%", false);
  return text;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (const auto line : split(text, '\n'))
    if (!line.empty()) out.emplace_back(line);
  return out;
}

}  // namespace

CurlCase CurlCase::load(const std::filesystem::path& file, std::string_view name) {
  const auto text = read_file(file);
  CurlCase found;
  found.server = lines(section(text, "servercmd", name));
  found.protocol = lines(section(text, "protocol", name));
  found.command = section(text, "command", name);
  found.message = to_crlf(section(text, "stdin", name));
  if (found.message.empty()) found.message = to_crlf(section(text, "file", name));
  found.upload = to_crlf(section(text, "upload", name));
  found.fails = text.find("<errorcode>") != std::string::npos;
  return found;
}

std::string CurlCase::words(std::string_view keyword) const {
  for (const auto& line : server)
    if (line.starts_with(std::string(keyword) + " ")) {
      auto words = line.substr(keyword.size() + 1);
      std::erase(words, '"');
      return words;
    }
  return {};
}

std::optional<std::string> CurlCase::reply(std::string_view command) const {
  const auto start = "REPLY " + std::string(command) + " ";
  for (const auto& line : server)
    if (line.starts_with(start)) return line.substr(start.size());
  return std::nullopt;
}

std::string CurlCase::option(std::string_view name) const {
  const auto at = command.find(std::string(name) + " ");
  if (at == std::string::npos) return {};
  const auto rest = std::string_view(command).substr(at + name.size() + 1);
  return std::string(trim(rest.substr(0, rest.find_first_of(" \n"))));
}

}  // namespace mailprobe::test
