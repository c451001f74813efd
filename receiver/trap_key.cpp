#include "receiver/trap_key.h"

#include <fcntl.h>

#include "base/files.h"
#include "base/text.h"
#include "tls/authority.h"

namespace mailprobe::receiver {

namespace {

constexpr std::size_t max_file = 64 * 1024;
constexpr auto lifetime = std::chrono::days(20 * 365);
constexpr std::string_view digest_line = "spki-sha256: ", begin_certificate = "-----BEGIN CERTIFICATE-----";

Result<TrapKey> make_key(std::string name) {
  const auto authority = tls::Authority::make("mailprobe");
  if (!authority) return std::unexpected(authority.error());
  tls::IssueOptions wanted;
  wanted.names = {std::move(name)};
  wanted.not_after = now() + lifetime;
  wanted.self_signed = true;
  auto issued = authority->issue(std::move(wanted));
  if (!issued) return std::unexpected(issued.error());
  return TrapKey{std::move(issued->chain_pem), std::move(issued->key_pem), std::move(issued->spki_sha256)};
}

/// The digest, the key, the certificate: in that order.
std::string print(const TrapKey& key) {
  return std::string(digest_line) + key.spki_sha256 + "\n" + std::string(key.key_pem.reveal()) + key.chain_pem;
}

Result<TrapKey> read(const std::string& text, const std::filesystem::path& file) {
  const auto line = text.find('\n'), certificate = text.find(begin_certificate);
  if (!text.starts_with(digest_line) || line > certificate || certificate == std::string::npos)
    return fail(Failure::usage, file.string() + " is damaged: move it away, and publish the new TLSA record");
  return TrapKey{.chain_pem = text.substr(certificate),
                 .key_pem = Secret(text.substr(line + 1, certificate - line - 1)),
                 .spki_sha256 = text.substr(digest_line.size(), line - digest_line.size())};
}

}  // namespace

Result<TrapKey> make_wrong_key() { return make_key("mx.elsewhere.invalid"); }

Result<TrapKey> keep_trap_key(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    const auto opened = File::open(file, O_RDONLY);
    if (!opened) return std::unexpected(opened.error());
    const auto text = read_all(*opened, max_file, file);
    if (!text) return std::unexpected(text.error());
    return read(*text, file);
  }
  if (auto done = make_directory(file.parent_path()); !done) return std::unexpected(done.error());
  auto key = make_key("trap.invalid");
  if (!key) return key;
  if (auto done = replace_file(file, print(*key)); !done) return std::unexpected(done.error());
  return key;
}

}  // namespace mailprobe::receiver
