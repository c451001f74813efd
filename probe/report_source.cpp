#include "probe/report_source.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "base/text.h"
#include "evidence/json.h"
#include "probe/reply_witness.h"
#include "receiver/evaluator.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

namespace {

/// The spool, and how far it was gone through.
struct Reading {
  receiver::Spool spool;
  std::vector<std::string> names;
  std::set<std::string> addresses;  // lower case
  std::size_t next = 0;
};

bool for_reports(const evidence::Session& session, const std::set<std::string>& addresses) {
  return std::ranges::any_of(session.recipients,
                             [&](const std::string& recipient) { return addresses.contains(to_lower(recipient)); });
}

/// What is no message of ours, or goes while it is read, is not a report.
std::optional<Result<ReportFile>> next_report(Reading& reading) {
  while (reading.next < reading.names.size()) {
    const auto name = reading.names[reading.next++];
    auto spooled = reading.spool.read(name);
    if (!spooled) continue;
    auto session = evidence::session_from_json(spooled->head);
    if (!session || !for_reports(*session, reading.addresses)) continue;
    ReportFile file{.name = name, .bytes = std::move(spooled->raw), .session = {}, .found = {}};
    file.session = std::move(*session);
    if (auto found = receiver::read_result(reading.spool, name)) file.found = std::move(*found);
    return file;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Mailbox> report_addresses(const Settings& settings) {
  if (!settings.receiver.reports.empty()) return settings.receiver.reports;
  std::vector<Mailbox> addresses;
  for (const auto& [name, identity] : settings.identities)
    for (const auto* local : {"dmarc@", "tlsrpt@"})
      if (auto address = Mailbox::parse(local + identity.domain);
          address && std::ranges::find(addresses, *address) == addresses.end())
        addresses.push_back(std::move(*address));
  return addresses;
}

ReportSource spooled_reports(const Settings& settings) {
  const auto folder = receiver::Folder{receiver_folder(settings)}.spool();
  std::error_code unknown;
  if (!std::filesystem::exists(folder, unknown)) return {};
  auto spool = receiver::Spool::share(folder);
  if (!spool) return {};
  auto names = spool->names();
  Reading reading{.spool = std::move(*spool), .names = std::move(names), .addresses = {}};
  for (const auto& address : report_addresses(settings)) reading.addresses.insert(to_lower(address.text()));
  return [shared = std::make_shared<Reading>(std::move(reading))] { return next_report(*shared); };
}

}  // namespace mailprobe::probe
