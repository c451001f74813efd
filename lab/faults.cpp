#include "lab/faults.h"

#include <algorithm>

#include "base/text.h"
#include "lab/lab.h"

namespace mailprobe::lab {

namespace {

using std::chrono::milliseconds;
using tls::Version;

const smtp::Reply refusal{550, "5.7.1", "This target refuses every message"};

std::vector<Host> make_hosts() {
  return {
      {.domain = "target.test", .name = "mx.target.test", .faults = {.requiretls = true}},
      {.domain = "no-tls.test", .name = "mx.no-tls.test", .faults = {.starttls = false}},
      {.domain = "old-tls.test",
       .name = "mx-tls12.old-tls.test",
       .local_parts = {"reflector", "tls12"},
       .faults = {.max_tls = Version::tls1_2}},
      {.domain = "old-tls.test",
       .name = "mx-tls10.old-tls.test",
       .preference = 20,
       .local_parts = {"tls10"},
       .faults = {.min_tls = Version::tls1_0, .max_tls = Version::tls1_0}},
      {.domain = "bad-cert.test",
       .name = "mx-expired.bad-cert.test",
       .local_parts = {"reflector", "expired"},
       .faults = {.certificate = CertificateKind::expired}},
      {.domain = "bad-cert.test",
       .name = "mx-wrong-name.bad-cert.test",
       .preference = 20,
       .local_parts = {"wrong-name"},
       .faults = {.certificate = CertificateKind::wrong_name}},
      {.domain = "bad-cert.test",
       .name = "mx-self-signed.bad-cert.test",
       .preference = 30,
       .local_parts = {"self-signed"},
       .faults = {.certificate = CertificateKind::self_signed}},
      {.domain = "footer.test",
       .name = "mx.footer.test",
       .faults = {.footer = "-- \r\nScanned by the gateway of footer.test and found to be free of viruses.\r\n"}},
      {.domain = "junk.test", .name = "mx.junk.test", .faults = {.junk = true}},
      {.domain = "reject.test", .name = "mx.reject.test", .faults = {.refusal = refusal}},
      {.domain = "greylist.test", .name = "mx.greylist.test", .faults = {.greylist = milliseconds(2000)}},
      {.domain = "slow.test", .name = "mx.slow.test", .faults = {.delay = milliseconds(500)}},
      {.domain = "dane.test", .name = "mx.dane.test", .faults = {.tlsa = TlsaKind::good, .requiretls = true}},
      {.domain = "dane-wrong.test", .name = "mx.dane-wrong.test", .faults = {.tlsa = TlsaKind::wrong}},
      {.domain = "dane-rollover.test", .name = "mx.dane-rollover.test", .faults = {.tlsa = TlsaKind::old_and_new}},
      {.domain = "dane-rollover.test",
       .name = "mx-late.dane-rollover.test",
       .preference = 20,
       .local_parts = {"late"},
       .faults = {.tlsa = TlsaKind::old}},
      {.domain = "sts.test", .name = "mx.sts.test", .faults = {.requiretls = true}},
      {.domain = "sts-cert.test", .name = "mx.sts-cert.test", .faults = {.certificate = CertificateKind::wrong_name}},
      {.domain = "sts-unlisted.test", .name = "mx.sts-unlisted.test", .faults = {}},
      {.domain = "sts-testing.test",
       .name = "mx.sts-testing.test",
       .faults = {.certificate = CertificateKind::wrong_name}},
      {.domain = "sts-redirect.test", .name = "mx.sts-redirect.test", .faults = {}},
  };
}

}  // namespace

const std::vector<Host>& hosts() {
  static const std::vector<Host> table = make_hosts();
  return table;
}

IpAddress address_of(const Host& host) {
  const auto number = static_cast<std::uint8_t>(&host - hosts().data() + 1);
  return IpAddress::v4({127, 53, 1, number});
}

std::vector<const Host*> hosts_of(std::string_view domain) {
  std::vector<const Host*> found;
  for (const auto& host : hosts())
    if (iequals(host.domain, domain)) found.push_back(&host);
  std::ranges::sort(found, {}, [](const Host* host) { return std::pair(host->preference, host); });
  return found;
}

const std::vector<LabTarget>& targets() {
  static const std::vector<LabTarget> table{
      {"reflector@target.test", "all good: TLS 1.3, a valid certificate, the message arrives as it was sent"},
      {"reflector@no-tls.test", "no STARTTLS: nothing is sent, unless --tls may permits plain text"},
      {"reflector@old-tls.test", "TLS 1.2 at most: good enough"},
      {"tls10@old-tls.test", "TLS 1.0 only: the handshake fails; the second MX (the first says 451 to this one)"},
      {"expired@bad-cert.test", "a certificate that has expired"},
      {"wrong-name@bad-cert.test", "a certificate for another name; the second MX (the first says 451 to this one)"},
      {"self-signed@bad-cert.test", "a self-signed certificate; the third MX"},
      {"reflector@footer.test", "a footer is added to the body: no DKIM signature survives"},
      {"reflector@junk.test", "delivered to Junk, and the header says why"},
      {"reflector@reject.test", "550 for the recipient"},
      {"reflector@greylist.test", "451 for a new sender; accepted two seconds later"},
      {"reflector@slow.test", "accepts late and delivers later"},
      {"reflector@dane.test", "DANE: a TLSA record 3 1 1 that matches; announces REQUIRETLS"},
      {"reflector@dane-wrong.test", "DANE: a TLSA record of another key: nothing is sent"},
      {"reflector@dane-rollover.test", "DANE: the record of the old key beside that of the new one, which matches"},
      {"late@dane-rollover.test", "DANE: the new key without its record: nothing is sent; the second MX"},
      {"reflector@sts.test", "MTA-STS: a policy in mode enforce that holds"},
      {"reflector@sts-cert.test", "MTA-STS: mode enforce, and a certificate for another name: nothing is sent"},
      {"reflector@sts-unlisted.test", "MTA-STS: mode enforce, and the MX is not listed: nothing is sent"},
      {"reflector@sts-testing.test", "MTA-STS: mode testing, and a certificate for another name: sent all the same"},
      {"reflector@sts-redirect.test", "MTA-STS: the policy is redirected, so there is none"},
  };
  return table;
}

}  // namespace mailprobe::lab
