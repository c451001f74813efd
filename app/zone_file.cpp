#include "app/zone_file.h"

#include <fcntl.h>

#include "base/files.h"
#include "base/safe_text.h"
#include "dns/zone_resolver.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_zone = 16 * 1024 * 1024;

}  // namespace

Result<std::unique_ptr<dns::Resolver>> resolver_of(const std::string& zone_file) {
  const auto name = safe_text(zone_file);
  const auto file = File::open(zone_file, O_RDONLY);
  if (!file) return fail(Failure::usage, "--zone: " + file.error().message);
  const auto text = read_all(*file, max_zone, zone_file);
  if (!text) return fail(Failure::usage, "--zone: " + name + " cannot be read, or is larger than 16 MiB");
  auto resolver = dns::zone_resolver(*text);
  if (!resolver) return fail(Failure::usage, "--zone " + name + ": " + resolver.error().message);
  return resolver;
}

}  // namespace mailprobe::app
