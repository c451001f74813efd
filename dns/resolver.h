// The resolver as its users see it: a name and a type in, records and their DNSSEC status out.
// An interface: dns/unbound_resolver.h validates over the network, dns/zone_resolver.h reads a master file, tests use a
// map. Its own CMake target, so that auth/ and its fuzz targets link no resolver library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/task.h"
#include "base/vocabulary.h"

namespace mailprobe::dns {

enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  ds = 43,
  dnskey = 48,
  tlsa = 52,
  spf = 99,
  caa = 257,
};

using mailprobe::Dnssec;

enum class Status {
  ok,        // there are records
  nodata,    // the name exists, not with this type (RFC 2308 §2.2)
  nxdomain,  // there is no such name (RFC 2308 §2.1)
  servfail,  // the servers failed, or the answer is bogus (`dnssec` then says so)
  timeout,   // nobody answered in time
};

struct Answer {
  Status status = Status::servfail;
  Dnssec dnssec = Dnssec::unknown;
  std::string canonical;           // the name at the end of the CNAME chain; the question's own where there is none
  std::vector<std::string> rdata;  // wire format without compression, a string a record
  std::uint32_t ttl = 0;           // seconds
  std::string why;                 // for bogus and failures: which server or key, in words

  [[nodiscard]] bool found() const { return status == Status::ok; }
  /// Definitely no such record: a failure is not absence.
  [[nodiscard]] bool absent() const { return status == Status::nodata || status == Status::nxdomain; }
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  /// `name` without a final dot, any case. Never throws; a deadline of its own ends in Status::timeout.
  virtual Task<Answer> query(std::string name, Type type) = 0;
};

}  // namespace mailprobe::dns
