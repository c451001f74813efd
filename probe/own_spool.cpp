#include "probe/own_spool.h"

#include <filesystem>

#include "probe/own_records.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/spool.h"
#include "receiver/spool_room.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

std::uintmax_t octets_in(const receiver::Spool& spool) {
  std::uintmax_t octets = 0;
  for (const auto& mail : spool.list()) octets += mail.size;
  return octets;
}

void settle(OwnRecord& record, std::uintmax_t used, const receiver::KeepBounds& bounds) {
  record.found = {std::to_string(used) + " of " + std::to_string(bounds.size) + " octets"};
  if (used >= receiver::share_of(bounds, receiver::AwaitedBy::probe)) {
    record.problem = "is full: answers are put off (452)";
    record.cause = Cause::own_limit;
  } else if (used >= receiver::share_of(bounds, receiver::AwaitedBy::nobody)) {
    record.problem = "is nearly full: mail that nobody waits for, reports too, is put off (452)";
  }
  record.holds = !record.problem;
}

}  // namespace

std::optional<OwnRecord> check_spool(const Settings& settings) {
  if (settings.receiver.listen.empty()) return std::nullopt;
  const auto folder = receiver::Folder{receiver_folder(settings)}.spool();
  auto record = own_record("spool", settings.receiver.host, {},
                           "Take away what is not needed of " + folder.string() +
                               ", have mailprobe collect read the reports, or raise receiver.keep_size");
  std::error_code unknown;
  record.holds = !std::filesystem::exists(folder, unknown);  // nothing has been received yet
  if (record.holds) return record;
  const auto spool = receiver::Spool::share(folder);
  if (!spool) {
    record.problem = "cannot be looked at: " + spool.error().message;
    record.cause = spool.error().cause;
    return record;
  }
  settle(record, octets_in(*spool), settings.receiver.keep);
  if (!spool->disk_is_full()) return record;
  record.problem = "has no room left on its file system: all mail is put off (452)";
  record.wanted = "Make room on the file system of " + folder.string();
  record.cause = Cause::own_limit;
  record.holds = false;
  return record;
}

}  // namespace mailprobe::probe
