#include "lab/certificates.h"

namespace mailprobe::lab {

namespace {

Result<tls::Issued> issue(const tls::Authority& authority, const std::string& name, CertificateKind kind,
                          tls::KeyType key) {
  tls::IssueOptions wanted;
  wanted.names = {name};
  wanted.key = key;
  switch (kind) {
    case CertificateKind::good: break;
    case CertificateKind::expired:
      wanted.not_before = now() - std::chrono::days(90);
      wanted.not_after = now() - std::chrono::days(1);
      break;
    case CertificateKind::wrong_name: wanted.names = {"www.elsewhere.test"}; break;
    case CertificateKind::self_signed: wanted.self_signed = true; break;
  }
  return authority.issue(std::move(wanted));
}

}  // namespace

Result<Shown> shown_by(const tls::Authority& authority, const std::string& name, const Faults& faults) {
  auto issued = issue(authority, name, faults.certificate, faults.key);
  if (!issued) return std::unexpected(issued.error());
  tls::ServerOptions options;
  options.chain_pem = std::move(issued->chain_pem);
  options.key_pem = std::move(issued->key_pem);
  options.min = faults.min_tls;
  options.max = faults.max_tls;
  options.ciphers = faults.ciphers;
  options.dh_bits = faults.dh_bits;
  options.renegotiation = faults.renegotiation;
  if (faults.rsa_beside) {
    auto second = issue(authority, name, *faults.rsa_beside, tls::KeyType::rsa_2048);
    if (!second) return std::unexpected(second.error());
    options.second_chain_pem = std::move(second->chain_pem);
    options.second_key_pem = std::move(second->key_pem);
  }
  auto context = tls::Context::server(options);
  if (!context) return std::unexpected(context.error());
  return Shown{.handshake = {.context = std::move(*context), .server = true, .server_name = {}},
               .spki_sha256 = std::move(issued->spki_sha256)};
}

Result<tls::Handshake> identity(const tls::Authority& authority, const std::string& name, const Faults& faults) {
  auto shown = shown_by(authority, name, faults);
  if (!shown) return std::unexpected(shown.error());
  return std::move(shown->handshake);
}

Result<tls::Handshake> identity_of_many(const tls::Authority& authority,
                                        const std::vector<std::vector<std::string>>& groups) {
  tls::ServerOptions options;
  options.by_name.reserve(groups.size());
  for (const auto& names : groups) {
    tls::IssueOptions wanted;
    wanted.names = names;
    auto issued = authority.issue(std::move(wanted));
    if (!issued) return std::unexpected(issued.error());
    options.by_name.push_back({std::move(issued->chain_pem), std::move(issued->key_pem)});
  }
  options.chain_pem = options.by_name.front().chain_pem;
  options.key_pem = options.by_name.front().key_pem;
  auto context = tls::Context::server(options);
  if (!context) return std::unexpected(context.error());
  return tls::Handshake{.context = std::move(*context), .server = true, .server_name = {}};
}

}  // namespace mailprobe::lab
