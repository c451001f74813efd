#include "app/config_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "base/files.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_private = 64 * 1024;  // an RSA key of 8192 bits takes 6 KiB
constexpr std::size_t max_public = 16 * 1024 * 1024;

std::string shown(const std::filesystem::path& path) { return safe_text(path.string()); }

std::unexpected<Error> wrong(const std::string& what, const std::filesystem::path& path, const std::string& why) {
  return fail(Failure::usage, fmt::format("the {} {} {}", what, shown(path), why));
}

Result<File> open_file(const std::filesystem::path& path, const std::string& what) {
  // Non-blocking: a FIFO must not stop us.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) return wrong(what, path, "does not exist: make it, or correct the path");
  if (descriptor < 0) return wrong(what, path, "cannot be read: " + std::generic_category().message(errno));
  File file(descriptor);
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return wrong(what, path, "is not a regular file");
  return file;
}

bool ours(const struct stat& facts) { return facts.st_uid == ::geteuid() || facts.st_uid == 0; }

Result<File> open_private(const std::filesystem::path& path, const std::string& what) {
  auto file = open_file(path, what);
  if (!file) return file;
  struct stat facts{};
  if (::fstat(file->descriptor(), &facts) != 0) return wrong(what, path, "cannot be read");
  if (!ours(facts)) return wrong(what, path, "belongs to another user: make a copy of your own");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return wrong(what, path,
                 fmt::format("can be read by others (mode {:04o}): chmod 600 {}", facts.st_mode & 07777U, shown(path)));
  return file;
}

Result<void> written_by_us_only(const std::filesystem::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return fail(Failure::usage, shown(path) + " cannot be looked at");
  if (!ours(facts)) return fail(Failure::usage, shown(path) + " belongs neither to you nor to root");
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(Failure::usage, fmt::format("{} can be written by others (mode {:04o}): chmod go-w {}", shown(path),
                                            facts.st_mode & 07777U, shown(path)));
  return {};
}

}  // namespace

Result<Secret> read_private_file(const std::filesystem::path& path, const std::string& what) {
  const auto file = open_private(path, what);
  if (!file) return std::unexpected(file.error());
  auto bytes = read_all(*file, max_private, path);
  if (!bytes) return wrong(what, path, "cannot be read whole: it is larger than 64 KiB, or the disk fails");
  return Secret(std::move(*bytes));
}

Result<void> check_private_file(const std::filesystem::path& path, const std::string& what) {
  const auto file = open_private(path, what);
  if (!file) return std::unexpected(file.error());
  return {};
}

Result<void> check_file(const std::filesystem::path& path, const std::string& what) {
  const auto file = open_file(path, what);
  if (!file) return std::unexpected(file.error());
  return {};
}

Result<void> check_content(const std::filesystem::path& path, const std::string& what,
                           std::initializer_list<std::string_view> words, const std::string& otherwise) {
  const auto file = open_file(path, what);
  if (!file) return std::unexpected(file.error());
  const auto bytes = read_all(*file, max_public, path);
  if (!bytes) return wrong(what, path, "cannot be read whole: it is larger than 16 MiB, or the disk fails");
  const auto is_there = [&](std::string_view word) { return bytes->find(word) != std::string::npos; };
  if (!std::ranges::any_of(words, is_there)) return wrong(what, path, otherwise);
  return {};
}

Result<void> check_certificates(const std::filesystem::path& path, const std::string& what) {
  return check_content(path, what, {"-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----"},
                       "holds no certificate in PEM: convert one with \"openssl x509 -in FILE -out FILE.pem\"");
}

Result<void> check_nobody_else_writes(const std::filesystem::path& path) {
  if (auto ok = written_by_us_only(path); !ok) return ok;
  return written_by_us_only(path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path());
}

}  // namespace mailprobe::app
