#include "receiver/certificates.h"

#include <fcntl.h>

#include "base/files.h"
#include "tls/context.h"

namespace mailprobe::receiver {

namespace {

constexpr std::size_t max_pem = 1024 * 1024;

Result<std::string> read_pem(const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  return read_all(*file, max_pem, path);
}

Result<tls::KeyPair> read_pair(const CertificateFiles& files) {
  auto chain = read_pem(files.certificate);
  if (!chain) return std::unexpected(chain.error());
  auto key = read_pem(files.key);
  if (!key) return std::unexpected(key.error());
  return tls::KeyPair{std::move(*chain), Secret(std::move(*key))};
}

}  // namespace

Result<std::optional<tls::ServerOptions>> certificate_options(const Settings& settings) {
  if (settings.certificates.empty() && settings.certificate_texts.empty()) return std::nullopt;
  tls::ServerOptions options;
  options.ask_client = true;
  for (const auto& files : settings.certificates) {
    auto pair = read_pair(files);
    if (!pair) return std::unexpected(pair.error());
    options.by_name.push_back(std::move(*pair));
  }
  for (const auto& text : settings.certificate_texts) options.by_name.push_back({text.chain, text.key});
  options.chain_pem = options.by_name.front().chain_pem;
  options.key_pem = options.by_name.front().key_pem;
  return options;
}

Result<std::optional<tls::Handshake>> read_certificates(const Settings& settings) {
  const auto options = certificate_options(settings);
  if (!options) return std::unexpected(options.error());
  if (!*options) return std::nullopt;
  auto context = tls::Context::server(**options);
  if (!context) return std::unexpected(context.error());
  return tls::Handshake{
      .context = std::move(*context), .server = true, .server_name = {}, .tlsa = {}, .dane_names = {}};
}

}  // namespace mailprobe::receiver
