#include "dns/answer.h"

#include <algorithm>

#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr int max_cnames = 16;

/// In whatever order they came.
Answer collect(const Message& reply, Labels name, Type type) {
  Answer answer;
  const auto cname = static_cast<std::uint16_t>(Type::cname), wanted = static_cast<std::uint16_t>(type);
  std::optional<Labels> next = name;
  for (int i = 0; next && i < max_cnames; ++i) {
    name = *std::exchange(next, std::nullopt);
    for (const auto& record : reply.answers) {
      if (record.type != wanted && record.type != cname) continue;
      if (labels_from_wire(record.owner) != name) continue;
      if (record.type == wanted) {
        answer.rdata.push_back(record.rdata);
        answer.ttl = answer.rdata.size() == 1 ? record.ttl : std::min(answer.ttl, record.ttl);
      } else {
        next = labels_from_wire(record.rdata);
      }
    }
  }
  answer.canonical = name_from_wire(labels_to_wire(name)).value_or("");
  return answer;
}

}  // namespace

std::optional<Answer> answer_in(const Message& reply, const Labels& name, Type type) {
  const auto code = static_cast<Rcode>(reply.flags & flag::rcode);
  if (code != Rcode::no_error && code != Rcode::name_error) return std::nullopt;
  auto answer = collect(reply, name, type);
  answer.status = code == Rcode::name_error ? Status::nxdomain : answer.rdata.empty() ? Status::nodata : Status::ok;
  return answer;
}

Answer failure(Status status, std::string why) {
  Answer answer;
  answer.status = status;
  answer.why = std::move(why);
  return answer;
}

}  // namespace mailprobe::dns
