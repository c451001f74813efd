#include "app/environment.h"

#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace mailprobe::app {

namespace {

std::optional<std::string> from_process(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::filesystem::path home_directory() {
  if (auto home = from_process("HOME")) return *home;
  const auto* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_dir : "/";
}

}  // namespace

/// RFC 5737 and the like are nobody's: a socket is what can tell (ip(7): EADDRNOTAVAIL).
bool is_of_this_host(const IpAddress& address) {
  const int socket = ::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  int bound = -1;
  if (address.v6) {
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    std::ranges::copy(address.bytes, at.sin6_addr.s6_addr);
    bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  } else {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    std::memcpy(&at.sin_addr, address.bytes.data(), sizeof at.sin_addr);
    bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  }
  ::close(socket);
  return bound == 0;
}

Environment process_environment() {
  std::error_code ignored;
  return {
      .variable = from_process, .home = home_directory(), .working_directory = std::filesystem::current_path(ignored)};
}

std::filesystem::path data_folder(const Environment& environment) {
  // A relative one is to be ignored (XDG Base Directory Specification).
  if (auto data = environment.get("XDG_DATA_HOME"); data && data->starts_with('/'))
    return std::filesystem::path(*data) / "mailprobe";
  return environment.home / ".local/share/mailprobe";
}

std::filesystem::path expand(const std::string& path, const std::filesystem::path& base,
                             const Environment& environment) {
  if (path == "~") return environment.home;
  if (path.starts_with("~/")) return environment.home / path.substr(2);
  return (base / path).lexically_normal();
}

}  // namespace mailprobe::app
