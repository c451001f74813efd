#include "dns/zone.h"

#include <algorithm>

#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr auto soa = static_cast<std::uint16_t>(Type::soa), ns = static_cast<std::uint16_t>(Type::ns),
               cname = static_cast<std::uint16_t>(Type::cname), ds = static_cast<std::uint16_t>(Type::ds),
               a = static_cast<std::uint16_t>(Type::a), aaaa = static_cast<std::uint16_t>(Type::aaaa);

void put(std::vector<Record>& section, const Labels& owner, std::uint16_t type, const RrSet& set, bool dnssec) {
  const auto name = labels_to_wire(owner);
  for (const auto& rdata : set.rdata) section.push_back({name, type, class_in, set.ttl, rdata});
  if (!dnssec) return;
  for (const auto& rdata : set.signatures) section.push_back({name, type_rrsig, class_in, set.ttl, rdata});
}

std::uint16_t type_covered(const std::string& rrsig) {  // RFC 4034 §3.1.1
  if (rrsig.size() < 2) return 0;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(rrsig[0]) << 8 | static_cast<unsigned char>(rrsig[1]));
}

Labels parent_of(Labels name) {
  name.pop_back();
  return name;
}

}  // namespace

void Zone::add(const Record& record) {
  const auto name = labels_from_wire(record.owner);
  if (!name || !within(*name, origin_)) return;
  for (auto above = *name; above.size() > origin_.size(); above.pop_back()) nodes_.try_emplace(above);
  auto& node = nodes_[*name];
  if (record.type == type_rrsig) {
    node[type_covered(record.rdata)].signatures.push_back(record.rdata);
    return;
  }
  auto& set = node[record.type];
  if (set.rdata.empty()) set.ttl = record.ttl;
  if (std::ranges::find(set.rdata, record.rdata) == set.rdata.end()) set.rdata.push_back(record.rdata);
}

const RrSet* Zone::find(const Labels& name, std::uint16_t type) const {
  const auto node = nodes_.find(name);
  if (node == nodes_.end()) return nullptr;
  const auto set = node->second.find(type);
  return set != node->second.end() && !set->second.rdata.empty() ? &set->second : nullptr;
}

/// The topmost delegation at or above `name`, below the apex. The DS of a delegation belongs to this side of it.
Zone::Nodes::const_iterator Zone::cut_above(const Labels& name, std::uint16_t type) const {
  for (auto size = origin_.size() + 1; cuts_ && size <= name.size(); ++size) {
    const Labels above(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(size));
    if (find(above, ns) != nullptr && !(type == ds && size == name.size())) return nodes_.find(above);
  }
  return nodes_.end();
}

Labels Zone::closest_encloser(const Labels& name) const {  // RFC 4592 §3.3.1
  auto above = name;
  while (above.size() > origin_.size() && !nodes_.contains(above)) above.pop_back();
  return above;
}

/// The name at or before `name` in canonical order that has an NSEC record (RFC 4034 §4).
Zone::Nodes::const_iterator Zone::covering(const Labels& name) const {
  auto at = nodes_.upper_bound(name);
  while (at != nodes_.begin())
    if (--at; at->second.contains(type_nsec)) return at;
  return nodes_.end();
}

void Zone::add_proof(Step& step, const Labels& name, bool dnssec) const {
  if (!dnssec) return;
  const auto at = covering(name);
  if (at == nodes_.end()) return;  // not signed
  const auto owner = labels_to_wire(at->first);
  const bool there = std::ranges::any_of(
      step.authority, [&](const Record& record) { return record.type == type_nsec && record.owner == owner; });
  if (!there) put(step.authority, at->first, type_nsec, at->second.at(type_nsec), dnssec);
}

void Zone::add_soa(Step& step, bool dnssec) const {  // RFC 2308 §3
  if (const auto* set = find(origin_, soa)) put(step.authority, origin_, soa, *set, dnssec);
}

Zone::Step Zone::referral(Nodes::const_iterator cut, bool dnssec) const {
  Step step{.kind = Kind::referral, .answers = {}, .authority = {}, .additional = {}};
  const auto& servers = cut->second.at(ns);
  put(step.authority, cut->first, ns, servers, false);
  if (const auto* set = find(cut->first, ds))
    put(step.authority, cut->first, ds, *set, dnssec);
  else
    add_proof(step, cut->first, dnssec);  // RFC 4035 §3.1.4: that there is no DS
  for (const auto& server : servers.rdata)
    if (const auto name = labels_from_wire(server))
      for (const auto type : {a, aaaa})
        if (const auto* glue = find(*name, type)) put(step.additional, *name, type, *glue, false);
  return step;
}

Zone::Step Zone::from_node(const Node& node, const Labels& owner, std::uint16_t type, bool dnssec) const {
  Step step;
  const auto get = [&](std::uint16_t wanted, Kind kind) {
    const auto set = node.find(wanted);
    if (set == node.end() || set->second.rdata.empty()) return false;
    put(step.answers, owner, wanted, set->second, dnssec);
    step.kind = kind;
    return true;
  };
  if (get(type, Kind::answer) || get(cname, Kind::cname)) return step;
  step.kind = Kind::nodata;
  add_soa(step, dnssec);
  return step;
}

Zone::Step Zone::from_made(const Labels& name, std::uint16_t type) const {
  const Labels below(name.begin() + static_cast<std::ptrdiff_t>(origin_.size()), name.end());
  if (const auto node = made_(below)) return from_node(*node, name, type, false);
  Step step;
  add_soa(step, false);
  return step;
}

Zone::Step Zone::look_up(const Labels& name, std::uint16_t type, bool dnssec) const {
  if (const auto cut = cut_above(name, type); cut != nodes_.end()) return referral(cut, dnssec);
  if (const auto node = nodes_.find(name); node != nodes_.end()) {
    auto step = from_node(node->second, name, type, dnssec);
    if (step.kind == Kind::nodata) add_proof(step, name, dnssec);
    return step;
  }
  if (made_) return from_made(name, type);
  auto wildcard = closest_encloser(name);
  wildcard.emplace_back("*");
  if (const auto node = nodes_.find(wildcard); node != nodes_.end()) {
    auto step = from_node(node->second, name, type, dnssec);
    if (step.kind == Kind::nodata) add_proof(step, wildcard, dnssec);
    add_proof(step, name, dnssec);  // RFC 4035 §3.1.3.3: there is no closer match
    return step;
  }
  Step step;
  add_soa(step, dnssec);
  add_proof(step, name, dnssec);
  add_proof(step, wildcard, dnssec);  // RFC 4035 §3.1.3.2
  return step;
}

const Zone* zone_for(const std::vector<Zone>& zones, const Labels& name, std::uint16_t type) {
  const auto longest = [&](const Labels& below) {
    const Zone* best = nullptr;
    for (const auto& zone : zones)
      if (within(below, zone.origin()) && (best == nullptr || zone.origin().size() > best->origin().size()))
        best = &zone;
    return best;
  };
  const auto* zone = longest(name);
  if (zone == nullptr || type != ds || name != zone->origin() || name.empty()) return zone;
  const auto* parent = longest(parent_of(name));
  return parent != nullptr ? parent : zone;
}

}  // namespace mailprobe::dns
