#include "probe/suppression.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_file = 8 * 1024 * 1024;

/// Without comment; lower case.
std::string entry_of(std::string_view line) { return to_lower(trim(line.substr(0, line.find('#')))); }

bool holds(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

std::vector<std::string> entries_of(std::string_view text) {
  std::vector<std::string> all;
  for (const auto line : split(text, '\n'))
    if (auto entry = entry_of(line); !entry.empty() && !holds(all, entry)) all.push_back(std::move(entry));
  return all;
}

}  // namespace

std::string person_of(const Mailbox& address) {
  const auto& local = address.local_part();
  const auto plus = local.starts_with('"') ? std::string::npos : local.find('+', 1);
  return to_lower(local.substr(0, plus) + "@" + address.domain());
}

namespace {

/// The first line that names it.
std::optional<std::string_view> line_about(std::string_view text, const Mailbox& address) {
  const auto domain = to_lower(address.domain()), whole = to_lower(address.text()), person = person_of(address);
  for (const auto line : split(text, '\n')) {
    const auto entry = entry_of(line);
    if (entry.empty()) continue;
    if (entry == whole || entry == person) return line;
    if (entry.starts_with('@') && (domain == entry.substr(1) || domain.ends_with("." + entry.substr(1)))) return line;
  }
  return std::nullopt;
}

}  // namespace

bool lists(std::string_view text, const Mailbox& address) { return line_about(text, address).has_value(); }

Result<std::string> suppression_entry(std::string_view text) {
  if (text.starts_with('@')) {
    const auto domain = DomainName::parse(text.substr(1));
    if (domain) return "@" + to_lower(domain->text());
    return fail(Failure::usage, domain.error().message);
  }
  const auto address = Mailbox::parse(text);
  if (!address) return std::unexpected(address.error());
  return to_lower(address->text());
}

Suppression Suppression::beside(const fs::path& runs) { return Suppression(receiver::home_of(runs) / "suppressed"); }

Result<std::string> Suppression::text() const {
  std::error_code error;
  if (!fs::exists(file_, error) && !error) return std::string();
  const auto file = File::open(file_, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  return read_all(*file, max_file, file_);
}

Result<void> Suppression::permits(const Mailbox& address) const {
  const auto all = text();
  if (!all) return std::unexpected(all.error());
  const auto line = line_about(*all, address);
  if (!line) return {};
  return fail(Failure::usage, address.text() + " is suppressed: it stands in " + file_.string() + " as \"" +
                                  safe_text(trim(*line), 500) + "\"; \"mailprobe suppress remove\" takes it out");
}

Result<std::vector<std::string>> Suppression::entries() const {
  const auto all = text();
  if (!all) return std::unexpected(all.error());
  return entries_of(*all);
}

Result<std::vector<std::string>> Suppression::lines() const {
  const auto all = text();
  if (!all) return std::unexpected(all.error());
  std::vector<std::string> lines;
  for (const auto line : split(*all, '\n'))
    if (!entry_of(line).empty()) lines.emplace_back(trim(line));
  return lines;
}

/// Two that write at once must not lose each other's entries.
Result<File> Suppression::lock() const {
  if (auto done = make_directory(file_.parent_path()); !done) return std::unexpected(done.error());
  auto path = file_;
  path += ".lock";
  auto file = File::open(path, O_RDWR | O_CREAT);
  if (file && ::flock(file->descriptor(), LOCK_EX) != 0) return fail(Failure::ours, "cannot lock " + path.string());
  return file;
}

Result<std::vector<std::string>> Suppression::add(const std::vector<std::string>& entries, Time now,
                                                  const std::string& why) const {
  const auto held = lock();
  if (!held) return std::unexpected(held.error());
  auto all = text();
  if (!all) return std::unexpected(all.error());
  auto known = entries_of(*all);
  std::vector<std::string> added;
  if (!all->empty() && !all->ends_with('\n')) *all += '\n';
  for (const auto& entry : entries) {
    if (holds(known, entry)) continue;
    *all += entry + "  # since " + rfc3339(now).substr(0, 10) + (why.empty() ? "" : ": " + why) + "\n";
    known.push_back(entry);
    added.push_back(entry);
  }
  if (added.empty()) return added;
  if (auto done = replace_file(file_, *all); !done) return std::unexpected(done.error());
  return added;
}

Result<std::vector<std::string>> Suppression::remove(const std::vector<std::string>& entries) const {
  const auto held = lock();
  if (!held) return std::unexpected(held.error());
  const auto all = text();
  if (!all) return std::unexpected(all.error());
  std::vector<std::string> removed;
  std::string left;
  for (const auto line : split(*all, '\n')) {
    auto entry = entry_of(line);
    if (!entry.empty() && holds(entries, entry)) {
      if (!holds(removed, entry)) removed.push_back(std::move(entry));
      continue;
    }
    left.append(line).append("\n");
  }
  if (removed.empty()) return removed;
  if (all->ends_with('\n')) left.pop_back();  // what split() sees behind the last line
  if (auto done = replace_file(file_, left); !done) return std::unexpected(done.error());
  return removed;
}

}  // namespace mailprobe::probe
