#include "lab/certificates.h"

namespace mailprobe::lab {

Result<Shown> shown_by(const tls::Authority& authority, const std::string& name, const Faults& faults) {
  tls::IssueOptions wanted;
  wanted.names = {name};
  switch (faults.certificate) {
    case CertificateKind::good: break;
    case CertificateKind::expired:
      wanted.not_before = now() - std::chrono::days(90);
      wanted.not_after = now() - std::chrono::days(1);
      break;
    case CertificateKind::wrong_name: wanted.names = {"www.elsewhere.test"}; break;
    case CertificateKind::self_signed: wanted.self_signed = true; break;
  }
  auto issued = authority.issue(std::move(wanted));
  if (!issued) return std::unexpected(issued.error());
  auto context = tls::Context::server({.chain_pem = std::move(issued->chain_pem),
                                       .key_pem = std::move(issued->key_pem),
                                       .min = faults.min_tls,
                                       .max = faults.max_tls});
  if (!context) return std::unexpected(context.error());
  return Shown{.handshake = {.context = std::move(*context), .server = true, .server_name = {}},
               .spki_sha256 = std::move(issued->spki_sha256)};
}

Result<tls::Handshake> identity(const tls::Authority& authority, const std::string& name, const Faults& faults) {
  auto shown = shown_by(authority, name, faults);
  if (!shown) return std::unexpected(shown.error());
  return std::move(shown->handshake);
}

}  // namespace mailprobe::lab
