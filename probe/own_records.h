// What our own DNS should hold for one identity, looked up and compared, a record at a time. Judging is
// evidence/assess.
#pragma once

#include <string>
#include <vector>

#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// Where we take mail, as configured.
struct Reception {
  std::string host;               // receiver.host
  std::vector<IpAddress> listen;  // none: we receive nothing
};

/// One that nothing is known of yet.
evidence::OwnRecord own_record(std::string what, std::string name, std::string type, std::string wanted);
/// True where there is nothing more to say, and it is said: the look-up failed, or there is nothing.
bool settled(evidence::OwnRecord& record, const dns::Answer& answer);

Task<evidence::OwnRecord> check_dkim_record(DkimKey key, std::string domain, dns::Resolver& resolver);
/// `sources`: the addresses that we send from, which the record has to permit. None is known: own-limit, where nothing
/// is wrong with the record itself.
Task<evidence::OwnRecord> check_spf_record(Identity identity, std::string helo, std::vector<IpAddress> sources,
                                           dns::Resolver& resolver);
/// Of the HELO name, by which mail from the null reverse-path is judged: bounces, automatic answers (RFC 7208 §2.3,
/// §2.4).
Task<evidence::OwnRecord> check_helo_spf(std::string helo, std::vector<IpAddress> sources, dns::Resolver& resolver);
Task<evidence::OwnRecord> check_dmarc_record(std::string domain, dns::Resolver& resolver);
/// Where reports about TLS to us are wanted (RFC 8460 §3).
Task<evidence::OwnRecord> check_tlsrpt_record(std::string domain, dns::Resolver& resolver);
/// Bounces and answers come by it: where we receive ourselves it has to lead to us.
Task<evidence::OwnRecord> check_mx_record(std::string domain, Reception reception, dns::Resolver& resolver);
/// The HELO name leads to an address that we send from.
Task<evidence::OwnRecord> check_helo_address(std::string helo, std::vector<IpAddress> sources, dns::Resolver& resolver);
/// Of sources that are not known: own-limit.
evidence::OwnRecord unknown_ptr(const std::string& helo);
/// The address has a name that leads back to it (forward-confirmed).
Task<evidence::OwnRecord> check_ptr_record(IpAddress source, dns::Resolver& resolver);
/// The delegation of the zone whose names only one probe has: that our DNS answers there, and that SPF leads there.
Task<evidence::OwnRecord> check_witness_zone(Identity identity, std::string server, dns::Resolver& resolver);
Task<evidence::OwnRecord> check_witness_spf(Identity identity, dns::Resolver& resolver);
/// What is asked there gets into the log that is read. The settings outlive it.
Task<evidence::OwnRecord> check_witness_log(const Settings& settings, std::string domain, dns::Resolver& resolver,
                                            Network network);
/// receiver.dns.weak_domain is delegated to us: a key that is published there for a moment is found. The settings
/// outlive it.
Task<evidence::OwnRecord> check_weak_domain(const Settings& settings, dns::Resolver& resolver);
/// The HELO name is a name that others can look up (RFC 5321 §4.1.1.1). Looks nothing up.
evidence::OwnRecord check_helo_name(const std::string& helo);

}  // namespace mailprobe::probe
