// The catalogue of checks that this version runs: one row each.
#include <unordered_map>

#include "evidence/assess.h"

namespace mailprobe::evidence {

namespace {

constexpr bool by_send = true, by_doctor = true, by_inspect = true, no = false;

std::vector<Check> make_catalogue() {
  using enum FixBy;
  return {
      {"published.mx", "the MX leads to hosts with addresses; null MX, CNAME, missing addresses are told apart",
       "RFC 5321 §5.1, RFC 7505, RFC 2181 §10.3", domain_owner, by_send, no, by_inspect},
      {"published.dnssec", "the MX answer validates as secure", "RFC 4035 §4.3", domain_owner, no, no, by_inspect},
      {"published.mx-dnssec", "the address records of every MX host validate as secure", "RFC 7672 §2.2.1",
       domain_owner, no, no, by_inspect},
      {"published.ipv6", "an MX host and a name server have an IPv6 address", "RFC 3596", domain_owner, no, no},
      {"published.spf",
       "there is one SPF record, valid with all that it includes, within the limits, that ends in -all or ~all",
       "RFC 7208 §4.5, §4.6.4, §5.1", domain_owner, no, no, by_inspect},
      {"published.dmarc", "there is one DMARC record, valid, with a policy of quarantine or reject", "RFC 9989 §4.7",
       domain_owner, no, no, by_inspect},
      {"published.mta-sts", "there is an MTA-STS policy, fetched as it should be, in mode enforce, that lists every MX",
       "RFC 8461 §3, §4.1", domain_owner, no, no, by_inspect},
      {"published.tlsrpt", "there is one TLS reporting record, valid", "RFC 8460 §3", domain_owner, no, no, by_inspect},
      {"published.dane", "every MX host has TLSA records, secure and usable", "RFC 7672 §2.2, §3.1", domain_owner, no,
       no, by_inspect},
      {"published.ptr", "the address of an MX host has a name that leads back to it", "RFC 1912 §2.1", provider, no,
       no},
      {"published.caa", "CAA records say which CA may issue for the MX hosts and the domain's mailboxes",
       "RFC 8659, RFC 9495", domain_owner, no, no},
      {"published.bimi", "there is one BIMI record, valid, under an enforced DMARC policy",
       "draft-brand-indicators-for-message-identification", domain_owner, no, no},

      {"inbound.connect", "the server takes the connection and greets", "RFC 5321 §3.1", provider, no, no},
      {"inbound.ipv6", "the server answers on its IPv6 address", "RFC 5321 §5.2", provider, no, no},
      {"inbound.starttls", "STARTTLS is offered, the handshake completes, and EHLO has its answer under TLS",
       "RFC 3207", provider, by_send, no, by_inspect},
      {"inbound.tls-version", "TLS 1.3 or 1.2 is negotiated, and nothing older accepted", "RFC 8996, RFC 9325 §3.1",
       provider, by_send, no, by_inspect},
      {"inbound.tls-cipher", "the cipher has forward secrecy and AEAD; no weak suite, group, hash or prime is accepted",
       "RFC 9325 §4.1, §4.5", provider, no, no},
      {"inbound.tls-hygiene", "no compression, secure renegotiation, extended master secret, no 0-RTT",
       "RFC 9325 §3.3, RFC 5746, RFC 7627, RFC 8446 §E.5", provider, no, no},
      {"inbound.certificate", "the chain leads to a trusted CA, the name fits, the dates are good",
       "RFC 5280 §6, RFC 9525 §6", provider, by_send, no, by_inspect},
      {"inbound.dane", "a TLSA record matches what the server shows", "RFC 7672 §3", provider, no, no, by_inspect},
      {"inbound.mta-sts", "the server is listed in the MTA-STS policy, and its certificate is valid for it",
       "RFC 8461 §4", provider, no, no, by_inspect},
      {"inbound.size", "SIZE is announced after TLS", "RFC 1870", provider, no, no},
      {"inbound.8bitmime", "8BITMIME is announced after TLS", "RFC 6152", provider, no, no},
      {"inbound.smtputf8", "SMTPUTF8 is announced after TLS", "RFC 6531", provider, no, no},
      {"inbound.pipelining", "PIPELINING is announced after TLS", "RFC 2920", provider, no, no},
      {"inbound.chunking", "CHUNKING is announced after TLS", "RFC 3030", provider, no, no},
      {"inbound.dsn", "DSN is announced after TLS", "RFC 3461", provider, no, no},
      {"inbound.requiretls", "REQUIRETLS is announced after TLS", "RFC 8689", provider, no, no},
      {"inbound.starttls-injection", "what comes in the clear behind STARTTLS is not run as a command (--intrusive)",
       "RFC 3207 §6, CVE-2011-0411", provider, no, no, by_inspect},
      {"inbound.smuggling", "only CRLF.CRLF ends the data of a message (run smuggling --intrusive)",
       "RFC 5321 §4.1.1.4, CVE-2023-51764", provider, no, no},
      {"inbound.spf-evaluated",
       "the target evaluates SPF: looked up, evaluated, recorded or enforced, by our witnesses",
       "RFC 7208 §2.2, RFC 8601 §2.7.2", provider, no, no},
      {"inbound.dkim-evaluated",
       "the target evaluates DKIM: looked up, evaluated, recorded or enforced, by our witnesses",
       "RFC 6376 §6, RFC 8601 §2.7.1", provider, no, no},
      {"inbound.dmarc-evaluated", "the target evaluates DMARC: looked up, evaluated, recorded or enforced",
       "RFC 9989 §5", provider, no, no},

      {"path.accepted", "the server takes responsibility for the message", "RFC 5321 §4.2.5", provider, by_send, no},
      {"path.delivered", "the copy is found in the mailbox, and not among the junk", "RFC 5321 §6.1", provider, by_send,
       no},
      {"path.latency", "the copy is in the mailbox within a minute", "RFC 5321 §4.5.4", provider, no, no},
      {"path.hops", "each Received field is listed with its delay and its TLS", "RFC 5321 §4.4", nobody, no, no},
      {"path.dkim-survival", "every DKIM signature that was sent still verifies in the delivered copy", "RFC 6376 §6.1",
       provider, by_send, no},
      {"path.body-intact", "the body arrives byte for byte", "RFC 5321 §2.3.1", provider, no, no},
      {"path.header-intact", "every header field that was sent is there, unchanged and in order", "RFC 5321 §2.3.1",
       provider, no, no},
      {"path.filter-verdict", "the target's filter did not take the message for spam", "RFC 6430", provider, no, no},
      {"path.authentication-results", "the target's own Authentication-Results agree with our evaluation", "RFC 8601",
       provider, by_send, no},
      {"path.arc", "the chain of ARC sets is valid, where there is one", "RFC 8617 §5.2", provider, no, no},

      {"outbound.dane-enforced", "no mail comes to a host whose TLSA record does not match", "RFC 7672 §2.2", provider,
       no, no},
      {"outbound.mta-sts-enforced", "no mail comes to a host that fails its MTA-STS policy", "RFC 8461 §5", provider,
       no, no},
      {"outbound.downgrade", "where STARTTLS is hidden the mail comes later, and over TLS",
       "RFC 7435 §1.2, RFC 9325 §5.2", provider, no, no},
      {"outbound.greylist-retry", "after a 451 the mail comes again", "RFC 5321 §4.5.4.1, RFC 6647 §5.2", provider, no,
       no},
      {"outbound.dnssec-validates", "no mail comes to a domain whose zone does not validate",
       "RFC 4035 §5.5, RFC 7672 §2.1", provider, no, no},
      {"outbound.starttls", "the target's client uses STARTTLS towards us", "RFC 3207, RFC 7435", provider, by_send,
       no},
      {"outbound.tls-version", "TLS 1.3 or 1.2 is negotiated by the target's client", "RFC 8996, RFC 9325 §3.1",
       provider, by_send, no},
      {"outbound.tls-cipher", "the cipher that the target's client gets has forward secrecy and AEAD", "RFC 9325 §4.1",
       provider, no, no},
      {"outbound.sni", "the name that the target's client asks for is shown", "RFC 6066 §3, RFC 7672 §8.1", nobody, no,
       no},
      {"outbound.client-cert", "the certificate that the target's client has is shown", "RFC 8446 §4.4.2", nobody, no,
       no},
      {"outbound.spf", "SPF passes for the answer, when it arrives", "RFC 7208 §2.4", domain_owner, by_send, no},
      {"outbound.dkim", "the answer has a DKIM signature of the domain in From that verifies", "RFC 6376 §6.1",
       provider, by_send, no},
      {"outbound.dmarc", "DMARC passes for the answer", "RFC 9989 §5", domain_owner, by_send, no},
      {"outbound.helo", "HELO is a full host name that resolves", "RFC 5321 §4.1.1.1", provider, no, no},
      {"outbound.ptr", "the sending address has a name that leads back to it", "RFC 1912 §2.1, RFC 8601 §2.7.3",
       provider, no, no},
      {"outbound.ipv6", "the target sends over IPv6 where we offer it", "RFC 5321 §5.2", provider, no, no},
      {"outbound.sender-rules",
       "the answer keeps what large providers ask of senders: SPF, DKIM, DMARC, PTR, TLS, a well-formed header",
       "RFC 5322 §3.6, RFC 8058", provider, no, no},

      {"outbound.forward", "what the target forwards to us comes back", "RFC 5321 §3.9.1", provider, no, no},
      {"outbound.forward-srs", "the forwarder sends on under a reverse-path of its own (SRS)",
       "RFC 5321 §3.9.2, RFC 7208 §D.3", provider, no, no},
      {"outbound.forward-spf", "SPF passes for what was forwarded, when it arrives", "RFC 7208 §2.4", provider, no, no},
      {"outbound.forward-dkim", "every DKIM signature that was sent still verifies after the forwarding",
       "RFC 6376 §6.1", provider, no, no},
      {"outbound.forward-arc", "what was forwarded has a valid chain of ARC sets", "RFC 8617 §5.1, §5.2", provider, no,
       no},

      {"self.records",
       "our records are published as they should be: SPF of the domain and of the HELO name, DKIM, DMARC, TLS "
       "reporting, MX, what our DNS as a witness and the traps need",
       "RFC 6376 §3.6.1, RFC 7208 §2.3, RFC 8460 §3", us, no, by_doctor},
      {"self.helo", "our HELO name is a host name that leads to the addresses we send from", "RFC 5321 §4.1.1.1", us,
       no, by_doctor},
      {"self.ptr", "the addresses we send from have a name that leads back to them", "RFC 1912 §2.1", us, no,
       by_doctor},
      {"self.clock", "our clock is right within some seconds, by the NTP server that is configured",
       "RFC 4330, RFC 6376 §3.5", us, no, by_doctor},
      {"self.blocklists", "the addresses we send from are on none of the block lists that are configured", "RFC 5782",
       us, no, by_doctor},
      {"self.certificate",
       "the certificates that our receiver and its traps show are of a trusted CA, not over, and have their names",
       "RFC 5280 §6, RFC 7817 §3", us, no, by_doctor},
      {"self.spool", "our receiver's spool has room for answers, and for mail that nobody waits for", "RFC 5321 §4.2.2",
       us, no, by_doctor},
      {"self.port25", "a host of our own answers on port 25", "RFC 5321 §4.5.4.2", us, no, by_doctor},
  };
}

}  // namespace

const std::vector<Check>& catalogue() {
  static const auto all = make_catalogue();
  return all;
}

const Check* find_check(std::string_view id) {
  static const auto places = [] {
    std::unordered_map<std::string_view, const Check*> all;
    for (const auto& check : catalogue()) all.emplace(check.id, &check);
    return all;
  }();
  const auto found = places.find(id);
  return found == places.end() ? nullptr : found->second;
}

}  // namespace mailprobe::evidence
