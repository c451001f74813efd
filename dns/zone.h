// Zones in memory and what they answer: CNAMEs, wildcards, referrals, denials with their proofs. Pure; knows no packets
// and signs nothing (dns/master_file.h does). RFC 1034 §4.3.2, RFC 4592 (wildcards), RFC 4035 §3.1 (DNSSEC).
#pragma once

#include <functional>
#include <map>

#include "dns/wire.h"

namespace mailprobe::dns {

struct RrSet {
  std::uint32_t ttl = 0;
  std::vector<std::string> rdata;
  std::vector<std::string> signatures;  // RRSIG rdata
};

class Zone {
 public:
  explicit Zone(Labels origin) : origin_(std::move(origin)) {}

  void add(const Record& record);
  /// Only a zone that is served has cuts; a master file to look things up in has not.
  void cut_at_delegations() { cuts_ = true; }

  using Node = std::map<std::uint16_t, RrSet>;  // by type; empty: an empty non-terminal (RFC 4592 §2.2.2)
  /// What a name below the origin has, given its labels below it; nullopt: there is no such name.
  using Made = std::function<std::optional<Node>(const Labels& below)>;
  /// Asked for names that are not written down, instead of wildcards. Not in a signed zone: nothing proves them.
  void make_up(Made made) { made_ = std::move(made); }

  [[nodiscard]] const Labels& origin() const { return origin_; }
  [[nodiscard]] bool has_soa() const { return find(origin_, 6) != nullptr; }

  enum class Kind { answer, cname, nodata, nxdomain, referral };
  /// One step: the records of `name` or of the wildcard that stands for it, and in `authority` what proves the rest.
  struct Step {
    Kind kind = Kind::nxdomain;
    std::vector<Record> answers, authority, additional;
  };
  [[nodiscard]] Step look_up(const Labels& name, std::uint16_t type, bool dnssec) const;

 private:
  using Nodes = std::map<Labels, Node>;

  [[nodiscard]] const RrSet* find(const Labels& name, std::uint16_t type) const;
  [[nodiscard]] Nodes::const_iterator cut_above(const Labels& name, std::uint16_t type) const;
  [[nodiscard]] Labels closest_encloser(const Labels& name) const;
  [[nodiscard]] Nodes::const_iterator covering(const Labels& name) const;
  [[nodiscard]] Step referral(Nodes::const_iterator cut, bool dnssec) const;
  void add_proof(Step& step, const Labels& name, bool dnssec) const;
  void add_soa(Step& step, bool dnssec) const;
  [[nodiscard]] Step from_node(const Node& node, const Labels& owner, std::uint16_t type, bool dnssec) const;
  [[nodiscard]] Step from_made(const Labels& name, std::uint16_t type) const;

  Labels origin_;
  Nodes nodes_;
  Made made_;
  bool cuts_ = false;
};

/// The zone with the longest origin above `name`; DS is asked of the parent (RFC 4035 §3.1.4.1). nullptr: none.
const Zone* zone_for(const std::vector<Zone>& zones, const Labels& name, std::uint16_t type);

}  // namespace mailprobe::dns
