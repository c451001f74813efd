#include "app/domain_list.h"

#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "base/address.h"
#include "base/files.h"
#include "base/ip.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_list = 64UL * 1024 * 1024;  // some three million names
constexpr std::size_t max_problems = 5;               // shown; one mistake is often in every line

Result<std::string> read_list(const std::string& name) {
  const bool standard = name == "-";
  File file(standard ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) return fail(Failure::usage, "cannot read " + safe_text(name) + ", the list of domains");
  auto text = read_all(file, max_list, standard ? "standard input" : name);
  if (!text) text.error().kind = Failure::usage;
  return text;
}

Result<DomainName> domain_of(std::string_view word) {
  if (IpAddress::parse(word)) return fail(Failure::usage, "it is an address; name the domain whose mail it takes");
  return DomainName::parse(word);
}

/// The reason without the name, which stands before it.
std::string why(const Error& error) {
  constexpr std::string_view before = "' is not a domain name: ";
  const auto at = error.message.rfind(before);
  return at == std::string::npos ? error.message : error.message.substr(at + before.size());
}

std::string hint(std::string_view word) { return word.contains('@') ? "; write the domain alone, behind the @" : ""; }

}  // namespace

Result<std::vector<std::string>> parse_domain_list(std::string_view text, const std::string& name) {
  std::vector<std::string> domains;
  std::string problems;
  std::size_t line_number = 0, wrong = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark, as some editors write it
  for (const auto line : split(text, '\n')) {
    ++line_number;
    const auto word = trim(line.substr(0, line.find('#')));
    if (word.empty()) continue;
    if (auto domain = domain_of(word)) {
      domains.push_back(domain->text());
    } else if (++wrong <= max_problems) {
      problems += (problems.empty() ? "" : "\n") + safe_text(name) + ":" + std::to_string(line_number) + ": " +
                  in_quotes(word) + " is no domain name: " + why(domain.error()) + hint(word);
    }
  }
  if (wrong > max_problems) problems += "\nand " + std::to_string(wrong - max_problems) + " more lines like these";
  if (wrong > 0) return fail(Failure::usage, problems);
  return domains;
}

Result<std::vector<std::string>> read_domains(const std::vector<std::string>& words,
                                              const std::optional<std::string>& file) {
  std::vector<std::string> all;
  const auto add_list = [&](const std::string& name) -> Result<void> {
    const auto text = read_list(name);
    if (!text) return std::unexpected(text.error());
    const auto domains = parse_domain_list(*text, name == "-" ? "standard input" : name);
    if (!domains) return std::unexpected(domains.error());
    all.insert(all.end(), domains->begin(), domains->end());
    return {};
  };
  for (const auto& word : words) {
    if (word == "-") {
      if (auto ok = add_list(word); !ok) return std::unexpected(ok.error());
      continue;
    }
    auto domain = domain_of(word);
    if (!domain)
      return fail(Failure::usage, in_quotes(word) + " is no domain name: " + why(domain.error()) + hint(word));
    all.push_back(domain->text());
  }
  if (file)
    if (auto ok = add_list(*file); !ok) return std::unexpected(ok.error());
  std::set<std::string> seen;
  std::erase_if(all, [&](const std::string& domain) { return !seen.insert(domain).second; });
  if (all.empty()) return fail(Failure::usage, "the list of domains is empty");
  return all;
}

}  // namespace mailprobe::app
