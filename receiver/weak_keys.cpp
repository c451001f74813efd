#include "receiver/weak_keys.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/text.h"
#include "dns/records.h"
#include "dns/witness_names.h"
#include "receiver/waiting.h"

namespace mailprobe::receiver {

namespace {

constexpr std::size_t max_record = 4 * 1024;
constexpr std::string_view key_label = "_domainkey";  // RFC 6376 §3.6.2.1

/// Nobody holds it: who did is gone.
bool is_abandoned(const File& file) {
  return ::flock(file.descriptor(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

}  // namespace

PublishedKey::~PublishedKey() {
  std::error_code ignored;
  if (file_.descriptor() >= 0) std::filesystem::remove(path_, ignored);
}

Result<PublishedKey> WeakKeys::publish(std::string_view selector, std::string_view record) const {
  if (!can_be_token(selector)) return fail(Failure::ours, "not a selector of ours");
  if (auto made = make_directory(folder_); !made) return std::unexpected(made.error());
  auto path = folder_ / to_lower(selector);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // of an earlier life of the run
  auto file = File::open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return std::unexpected(file.error());
  if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) return fail(Failure::ours, path.string() + " is held");
  if (auto done = write_all(*file, record, path); !done) return std::unexpected(done.error());
  return PublishedKey(std::move(path), std::move(*file));
}

std::optional<std::string> WeakKeys::find(std::string_view selector) const {
  if (!can_be_token(selector)) return std::nullopt;
  const auto path = folder_ / to_lower(selector);
  const auto file = File::open(path, O_RDONLY);
  if (!file || is_abandoned(*file)) return std::nullopt;
  auto record = read_all(*file, max_record, path);
  if (!record || record->empty()) return std::nullopt;
  return std::move(*record);
}

dns::Zone::Made WeakKeys::names() const {
  return [keys = *this](const dns::Labels& below) -> std::optional<dns::Zone::Node> {
    if (below.empty() || below[0] != key_label || below.size() > 2) return std::nullopt;
    if (below.size() == 1) return dns::Zone::Node{};  // asked for label by label (RFC 9156)
    const auto record = keys.find(below[1]);
    if (!record) return std::nullopt;
    dns::RrSet set{.ttl = dns::witness_ttl, .rdata = {dns::txt_to_wire(*record)}, .signatures = {}};
    return dns::Zone::Node{{static_cast<std::uint16_t>(dns::Type::txt), std::move(set)}};
  };
}

}  // namespace mailprobe::receiver
