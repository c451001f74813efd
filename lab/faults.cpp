#include "lab/faults.h"

#include <algorithm>

#include "base/text.h"
#include "lab/lab.h"

namespace mailprobe::lab {

namespace {

using std::chrono::milliseconds;
using tls::Version;

const smtp::Reply refusal{550, "5.7.1", "This target refuses every message"};

// In the words of Postfix' anvil, of Postgrey, of a reject_rbl_client, and of a host that takes no mail (RFC 7504).
const smtp::Reply too_many{421, "4.7.0", "Error: too many connections from 127.53.0.2"};
const smtp::Reply greylisting{450, "4.7.1", "Client host rejected: Greylisted, see http://postgrey.schweikert.ch/"};
const smtp::Reply listed{554, "5.7.1", "Service unavailable; Client host [127.53.0.2] blocked using zen.spamhaus.org"};
const smtp::Reply no_service{554, {}, "No SMTP service here"};

/// All that Debian's OpenSSL still has that is weak: no RC4, no 3DES, no EXPORT.
constexpr const char* weak_ciphers =
    "ECDHE+AESGCM:AES128-SHA:AECDH-AES256-SHA:NULL-SHA256:DHE-RSA-AES128-SHA:@SECLEVEL=0";

std::vector<Host> make_hosts() {
  return {
      {.domain = "target.test",
       .name = "mx.target.test",
       .local_parts = {"reflector", "responder", "careless", "vacation", "bouncer", "late", "obedient", "opportunistic",
                       "forwarder", "bad-forwarder", "tickets"},
       .faults = {.tlsa = TlsaKind::good, .requiretls = true, .dsn = true, .enforces = true}},
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
      {.domain = "no-dnssec.test", .name = "mx.no-dnssec.test", .faults = {}, .zone = Signing::none},
      {.domain = "bogus.test", .name = "mx.bogus.test", .faults = {}, .zone = Signing::bogus},
      {.domain = "bogus-mx.test", .name = "mx-other.bogus.test", .faults = {}},
      {.domain = "ipv6-only.test", .name = "mx.ipv6-only.test", .faults = {}, .ipv6 = true},
      {.domain = "half-dead.test", .name = "mx.half-dead.test", .faults = {}, .dead_beside = true},
      {.domain = "stripped.test", .name = "mx.stripped.test", .faults = {.meddling = Meddling::strips}},
      {.domain = "injected.test", .name = "mx.injected.test", .faults = {.meddling = Meddling::injects}},
      {.domain = "injectable.test", .name = "mx.injectable.test", .faults = {.meddling = Meddling::keeps_input}},
      {.domain = "renegotiates.test", .name = "mx.renegotiates.test", .faults = {.renegotiation = true}},
      {.domain = "busy.test", .name = "mx.busy.test", .faults = {.banner = too_many}},
      {.domain = "grey-banner.test", .name = "mx.grey-banner.test", .faults = {.banner = greylisting}},
      {.domain = "block-list.test", .name = "mx.block-list.test", .faults = {.banner = listed}},
      {.domain = "no-service.test", .name = "mx.no-service.test", .faults = {.banner = no_service}},
      {.domain = "weak-tls.test",
       .name = "mx.weak-tls.test",
       .faults = {.key = tls::KeyType::rsa_2048, .ciphers = weak_ciphers, .dh_bits = 1024}},
      {.domain = "weak-tls.test",
       .name = "mx-old.weak-tls.test",
       .preference = 20,
       .local_parts = {"old"},
       .faults = {.min_tls = Version::tls1_0, .ciphers = "ECDHE+AES:@SECLEVEL=0"}},
      {.domain = "two-certs.test",
       .name = "mx.two-certs.test",
       .faults = {.tlsa = TlsaKind::good, .rsa_beside = CertificateKind::expired, .ciphers = "ECDHE+AESGCM"}},
      {.domain = "lax.test", .name = "mx.lax.test", .faults = {.judges = false}},
      {.domain = "smuggled.test", .name = "mx.smuggled.test", .faults = {.meddling = Meddling::mends_ends}},
      {.domain = "patient.test", .name = "mx.patient.test", .faults = {.meddling = Meddling::blanks_ends}},
      {.domain = "hosted.test",
       .name = "mx-hosted.dane.test",
       .faults = {.tlsa = TlsaKind::good},
       .zone = Signing::none},
      {.domain = "hosted-wrong.test",
       .name = "mx-hosted.dane-wrong.test",
       .faults = {.tlsa = TlsaKind::wrong},
       .zone = Signing::none},
  };
}

}  // namespace

const std::vector<Host>& hosts() {
  static const std::vector<Host> table = make_hosts();
  return table;
}

namespace {

std::uint8_t number_of(const Host& host) { return static_cast<std::uint8_t>(&host - hosts().data() + 1); }

}  // namespace

IpAddress address_of(const Host& host) {
  if (host.ipv6) return *IpAddress::parse("::1");
  return IpAddress::v4({127, 53, 1, number_of(host)});
}

IpAddress dead_address_of(const Host& host) { return IpAddress::v4({127, 53, 2, number_of(host)}); }

Signing signing_of(std::string_view domain) {
  const auto found = std::ranges::find(hosts(), domain, &Host::domain);
  return found == hosts().end() ? Signing::good : found->zone;
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
      {"reflector@target.test",
       "all good: TLS 1.3, a valid certificate, DANE, MTA-STS; DMARC policies are heeded; the message arrives as it "
       "was "
       "sent, and is answered where an answer is asked for"},
      {"responder@target.test", "answers: over TLS, with SPF, DKIM and DMARC in order (send --reply)"},
      {"careless@target.test", "answers in plain text, with a DKIM signature that a gateway broke"},
      {"vacation@target.test", "answers by itself, from the null reverse-path"},
      {"tickets@target.test", "answers by itself to From, and not to Reply-To"},
      {"bouncer@target.test", "accepts, and sends a bounce: the mailbox is full"},
      {"late@target.test", "answers a little later"},
      {"obedient@target.test", "answers to every trap, and obeys DANE, MTA-STS and DNSSEC (send --traps)"},
      {"opportunistic@target.test", "answers to every trap, obeys none of them, and never comes again"},
      {"reflector@no-tls.test", "no STARTTLS: nothing is sent, unless --tls may permits plain text"},
      {"reflector@old-tls.test", "TLS 1.2 at most: good enough"},
      {"tls10@old-tls.test", "TLS 1.0 only: the handshake fails; the second MX (the first says 451 to this one)"},
      {"expired@bad-cert.test", "a certificate that has expired"},
      {"wrong-name@bad-cert.test", "a certificate for another name; the second MX (the first says 451 to this one)"},
      {"self-signed@bad-cert.test", "a self-signed certificate; the third MX"},
      {"reflector@footer.test", "a footer is added to the body: no DKIM signature survives"},
      {"reflector@junk.test", "delivered to Junk, and the header says why"},
      {"forwarder@target.test",
       "forwards back to us: under a reverse-path of its own (SRS), sealed with ARC, as it was (run forwarding)"},
      {"bad-forwarder@target.test",
       "forwards under our own reverse-path, in plain text, with a tag in the subject and a footer"},
      {"reflector@smuggled.test",
       "takes more than CRLF.CRLF for the end of a message: a second one can be smuggled in (run smuggling)"},
      {"reflector@patient.test", "puts a space for each CR and LF that stands alone: nothing can be smuggled in"},
      {"reflector@lax.test", "evaluates nothing and takes everything (run enforcement)"},
      {"reflector@reject.test", "550 for the recipient"},
      {"reflector@greylist.test", "451 for a new sender; accepted two seconds later"},
      {"reflector@slow.test", "accepts late and delivers later"},
      {"reflector@dane.test", "DANE: a TLSA record 3 1 1 that matches; announces REQUIRETLS"},
      {"reflector@dane-wrong.test", "DANE: a TLSA record of another key: nothing is sent"},
      {"reflector@dane-rollover.test", "DANE: the record of the old key beside that of the new one, which matches"},
      {"late@dane-rollover.test", "DANE: the new key without its record: nothing is sent; the second MX"},
      {"reflector@hosted.test",
       "a zone without DNSSEC at a host with DANE, which senders need not use: sent all the same, and compared"},
      {"reflector@hosted-wrong.test", "the same, and the TLSA record is of another key"},
      {"reflector@sts.test", "MTA-STS: a policy in mode enforce that holds"},
      {"reflector@sts-cert.test", "MTA-STS: mode enforce, and a certificate for another name: nothing is sent"},
      {"reflector@sts-unlisted.test", "MTA-STS: mode enforce, and the MX is not listed: nothing is sent"},
      {"reflector@sts-testing.test", "MTA-STS: mode testing, and a certificate for another name: sent all the same"},
      {"reflector@sts-redirect.test", "MTA-STS: the policy is redirected, so there is none"},
      {"reflector@no-dnssec.test", "a zone without DNSSEC"},
      {"reflector@bogus.test", "a zone whose signatures do not validate: no mail goes there"},
      {"reflector@bogus-mx.test", "an MX host in such a zone"},
      {"reflector@ipv6-only.test", "a server on [::1] alone"},
      {"reflector@half-dead.test", "two addresses, and nobody at the second"},
      {"reflector@stripped.test", "a firewall that writes XXXXXXXA over STARTTLS"},
      {"reflector@injected.test", "an answer of somebody else's behind the 220 of STARTTLS"},
      {"reflector@injectable.test", "runs what came behind STARTTLS as a command: inspect --intrusive shows it"},
      {"reflector@renegotiates.test", "lets clients renegotiate TLS 1.2: inspect --intrusive shows it"},
      {"reflector@busy.test", "421 for too many connections, as the banner"},
      {"reflector@grey-banner.test", "450 for greylisting, as the banner"},
      {"reflector@block-list.test", "554 for an address on a block list, as the banner"},
      {"reflector@no-service.test", "554: no mail server there"},
      {"reflector@weak-tls.test",
       "suites without encryption, without a certificate, without forward secrecy; DH of 1024 bits"},
      {"old@weak-tls.test", "TLS 1.0 and 1.1 beside 1.2 and 1.3; the second MX (the first says 451 to this one)"},
      {"reflector@two-certs.test",
       "an ECDSA certificate, and beside it one for RSA that has expired; the TLSA record is of ECDSA's key only"},
  };
  return table;
}

}  // namespace mailprobe::lab
