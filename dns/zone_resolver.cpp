#include "dns/zone_resolver.h"

#include <algorithm>

#include "dns/master_file.h"
#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr int max_cnames = 8;  // as long as resolvers follow

class ZoneResolver final : public Resolver {
 public:
  explicit ZoneResolver(Zone zone) : zone_(std::move(zone)) {}

  Task<Answer> query(std::string name, Type type) override {
    co_return look_up(name, static_cast<std::uint16_t>(type));
  }

 private:
  [[nodiscard]] Answer look_up(const std::string& name, std::uint16_t type) const;

  Zone zone_;
};

Answer failure(std::string why) {
  Answer answer;
  answer.why = std::move(why);
  return answer;
}

Answer ended(Zone::Kind kind, const Labels& name, const std::vector<Record>& records) {
  Answer answer;
  answer.status = kind == Zone::Kind::answer   ? Status::ok
                  : kind == Zone::Kind::nodata ? Status::nodata
                                               : Status::nxdomain;
  answer.dnssec = Dnssec::insecure;
  answer.canonical = name_from_wire(labels_to_wire(name)).value_or("");
  for (const auto& record : records) answer.rdata.push_back(record.rdata);
  if (!records.empty()) answer.ttl = std::ranges::min(records, {}, &Record::ttl).ttl;
  return answer;
}

Answer ZoneResolver::look_up(const std::string& text, std::uint16_t type) const {
  auto name = labels_from_text(text);
  if (!name) return failure("not a domain name");
  for (int i = 0; i <= max_cnames; ++i) {
    const auto step = zone_.look_up(*name, type, false);
    if (step.kind != Zone::Kind::cname) return ended(step.kind, *name, step.answers);
    name = labels_from_wire(step.answers.front().rdata);
    if (!name) break;
  }
  return failure("a chain of over " + std::to_string(max_cnames) + " CNAME records");
}

}  // namespace

Answer answer_from(const Zone& zone, const Labels& name, Type type) {
  const auto step = zone.look_up(name, static_cast<std::uint16_t>(type), false);
  return ended(step.kind, name, step.answers);
}

Result<std::unique_ptr<Resolver>> zone_resolver(std::string_view text) {
  const auto records = parse_master_file(text, ".");
  if (!records) return std::unexpected(records.error());
  Zone zone{Labels{}};
  for (const auto& record : *records) zone.add(record);
  return std::make_unique<ZoneResolver>(std::move(zone));
}

}  // namespace mailprobe::dns
